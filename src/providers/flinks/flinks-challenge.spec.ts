import { asksForSetup, phonePrompts, pictureOf, toFields } from './flinks-challenge.js';

const PNG = 'iVBORw0KGgo=';
const JPG = '/9j/4AAQSkZJRg==';

describe('what Flinks asks', () => {
  it('keeps the prompt to the letter, as name and as label', () => {
    const [field] = toFields([{ type: 'QuestionAndAnswer', prompt: 'Quelle est votre  ville ?', iterables: [] }]);
    expect(field).toEqual({
      name: 'Quelle est votre  ville ?',
      label: 'Quelle est votre  ville ?',
      type: 'text',
      required: true,
      masked: false,
    });
  });

  it.each([
    ['MultipleChoice', 'select'],
    ['MultipleChoiceMultipleAnswers', 'multi_select'],
  ])('%s is a %s of its options', (type, expected) => {
    const [field] = toFields([{ type, prompt: 'Which?', iterables: ['a', 'b, c'] }]);
    expect(field).toMatchObject({
      type: expected,
      options: [
        { value: 'a', label: 'a' },
        { value: 'b, c', label: 'b, c' },
      ],
    });
  });

  it('shows pictures, chosen by their place', () => {
    const [field] = toFields([{ type: 'ImageSelection', prompt: 'Your picture', iterables: [JPG, PNG] }]);
    expect(field).toMatchObject({
      type: 'image',
      options: [
        { value: '1', image: `data:image/jpeg;base64,${JPG}` },
        { value: '2', image: `data:image/png;base64,${PNG}` },
      ],
    });
    expect(pictureOf(field?.options?.[0]?.image ?? '')).toBe(JPG);
  });

  it('offers every number as text and as call', () => {
    const challenge = { type: 'TextOrCall', prompt: 'How?', iterables: ['514-•••-0100', '438-•••-0199'] };
    expect(toFields([challenge])[0]?.options?.map(({ value }) => value)).toEqual([
      'Text:514-•••-0100',
      'Call:514-•••-0100',
      'Text:438-•••-0199',
      'Call:438-•••-0199',
    ]);
    expect(phonePrompts([challenge])).toEqual(['How?']);
  });

  it('a type that nobody knows is asked like the nearest one', () => {
    const fields = toFields([
      { type: 'PushToApp', prompt: 'Code?', iterables: [] },
      { type: 'PushToApp', prompt: 'Device?', iterables: ['phone'] },
    ]);
    expect(fields.map(({ type }) => type)).toEqual(['text', 'select']);
  });

  it('names that our API does not take are replaced, the label stays', () => {
    const long = 'x'.repeat(129);
    const fields = toFields([
      { type: 'QuestionAndAnswer', prompt: long, iterables: [] },
      { type: 'QuestionAndAnswer', prompt: '__proto__', iterables: [] },
    ]);
    expect(fields.map(({ name, label }) => [name, label])).toEqual([
      ['question_1', long],
      ['question_2', '__proto__'],
    ]);
  });

  it('asks each prompt once', () => {
    const challenge = { type: 'QuestionAndAnswer', prompt: 'City?', iterables: [] };
    expect(toFields([challenge, challenge])).toHaveLength(1);
  });

  it('a question with a list is the bank wanting new security questions', () => {
    expect(asksForSetup([{ type: 'QuestionAndAnswer', prompt: 'Choose', iterables: ['Pet?'] }])).toBe(true);
    expect(asksForSetup([{ type: 'MultipleChoice', prompt: 'Choose', iterables: ['Pet?'] }])).toBe(false);
  });
});
