import type { CredentialsDesk } from '../credentials-desk.js';
import { PROVIDERS, type DemoProvider } from '../data/providers.js';
import { answer, cancel, isAtBank } from '../machine/credential-machine.js';
import type { Credential } from '../machine/credential.js';
import { TinkError } from '../tink-error.js';
import type { TinkWorld } from '../tink-world.js';
import type { Field } from '../wire.types.js';
import { banksOf } from './link-parameters.js';
import { badState, CANCELLED, errorOf, errorUrl, type LinkError, successUrl } from './link-return.js';
import type { LinkVisit } from './link-visit.js';

type Texts = Readonly<Record<string, string>>;

/** What the visitor sees next. */
export type Screen =
  | { readonly kind: 'banks'; readonly banks: readonly DemoProvider[] }
  | { readonly kind: 'login'; readonly bank: DemoProvider; readonly problem: string | null }
  | { readonly kind: 'confirm'; readonly bank: DemoProvider }
  | { readonly kind: 'question'; readonly fields: readonly Field[] }
  /** Signing in happens at the bank; `leave`: on this very screen, else in an app beside it. */
  | { readonly kind: 'bank'; readonly token: string; readonly leave: boolean }
  | { readonly kind: 'wait' }
  | { readonly kind: 'failed'; readonly message: string; readonly again: boolean }
  | { readonly kind: 'away'; readonly url: string };

/** The hosted visit, between its pages and the credentials. */
export class LinkDesk {
  constructor(
    private readonly world: TinkWorld,
    private readonly desk: CredentialsDesk,
  ) {}

  screen(visit: LinkVisit, problem: string | null = null): Screen {
    const forced = this.world.link.nextError;
    if (forced) {
      this.world.link.nextError = null;
      return this.leave(visit, forced);
    }
    const bank = PROVIDERS.get(visit.providerName ?? '');
    if (!bank) return { kind: 'banks', banks: banksOf(visit.market, visit.test) };
    if (visit.started) return this.running(visit);
    return visit.purpose === 'add' ? { kind: 'login', bank, problem } : { kind: 'confirm', bank };
  }

  choose(visit: LinkVisit, providerName: string): Screen {
    const known = banksOf(visit.market, visit.test).some(({ name }) => name === providerName);
    return this.screen(known ? this.world.link.book.put({ ...visit, providerName }) : visit);
  }

  /** New credentials, or new fields for those that this visit made. */
  login(visit: LinkVisit, fields: Texts): Screen {
    const { userId, credentialsId } = visit;
    const body = { providerName: visit.providerName, fields, appUri: this.pageOf(visit) };
    return this.attempt(visit, () =>
      credentialsId === null ? this.desk.create(userId, body).id : this.desk.update(userId, credentialsId, body).id,
    );
  }

  confirm(visit: LinkVisit): Screen {
    const { userId, purpose } = visit;
    const id = visit.credentialsId ?? '';
    return this.attempt(visit, () => {
      const body = { appUri: this.pageOf(visit) };
      const present = { userPresent: true, userAvailableForInteraction: true };
      if (purpose === 'extend-consent') this.desk.extend(userId, id);
      else if (purpose === 'authenticate') this.desk.authenticate(userId, id, body);
      else this.desk.refresh(userId, id, { ...body, userAvailability: present }, purpose === 'update-consent');
      return id;
    });
  }

  answer(visit: LinkVisit, information: Texts): Screen {
    const credential = this.world.find(visit.credentialsId ?? '');
    const answered = credential && answer(credential, information, this.world.now(), this.world.stepMs);
    if (answered) this.world.put(answered);
    return this.screen(visit);
  }

  again(visit: LinkVisit): Screen {
    return this.screen(this.world.link.book.put({ ...visit, started: false }));
  }

  /** Gives up; what is asked of the user at that moment ends as cancelled. */
  cancel(visit: LinkVisit): Screen {
    const credential = visit.started ? this.world.find(visit.credentialsId ?? '') : null;
    const { stepMs } = this.world;
    const now = this.world.now();
    const ended = credential && (cancel(credential, now, stepMs) ?? answer(credential, {}, now, stepMs));
    if (ended) this.world.put(ended);
    const settledBadly = credential && !credential.run && credential.status !== 'UPDATED';
    return this.leave(visit, settledBadly ? errorOf(credential) : CANCELLED);
  }

  private attempt(visit: LinkVisit, work: () => string): Screen {
    try {
      return this.screen(this.world.link.book.put({ ...visit, credentialsId: work(), started: true }));
    } catch (error) {
      if (!(error instanceof TinkError)) throw error;
      if (error.statusCode === 409) return this.leave(visit, badState('DUPLICATE_CREDENTIALS'));
      if (visit.purpose === 'add') return this.screen(visit, error.message);
      return this.leave(visit, badState('CREDENTIALS'));
    }
  }

  private running(visit: LinkVisit): Screen {
    const credential = this.world.find(visit.credentialsId ?? '');
    if (!credential) return this.leave(visit, badState('CREDENTIALS'));
    const { status, run } = credential;
    const early = status === 'UPDATING' && this.world.link.earlyRedirect;
    if (early || (!run && status === 'UPDATED')) return this.success(visit, credential);
    if (!run) return { kind: 'failed', message: errorOf(credential).message, again: status !== 'PERMANENT_ERROR' };
    if (isAtBank(credential)) return { kind: 'bank', token: run.token, leave: credential.type !== 'MOBILE_BANKID' };
    const step = run.steps[0];
    const asked = step?.timesOut === true && status === 'AWAITING_SUPPLEMENTAL_INFORMATION';
    return asked ? { kind: 'question', fields: step.question?.fields ?? [] } : { kind: 'wait' };
  }

  private success(visit: LinkVisit, { id }: Credential): Screen {
    this.world.link.book.close(visit);
    return { kind: 'away', url: successUrl(visit, id, this.world.link.spelling) };
  }

  private leave(visit: LinkVisit, error: LinkError): Screen {
    this.world.link.book.close(visit);
    return { kind: 'away', url: errorUrl(visit, error) };
  }

  private pageOf({ id }: LinkVisit): string {
    return `${this.world.baseUrl}/link/${id}`;
  }
}
