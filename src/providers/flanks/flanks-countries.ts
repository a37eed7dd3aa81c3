/** Where a bank without a known country is put: the code that ISO leaves for "unknown". */
export const UNKNOWN_COUNTRY = 'ZZ';

/** ISO 3166-1 alpha-3 → alpha-2, for the countries that Flanks and its neighbours serve. */
const ALPHA3: ReadonlyMap<string, string> = new Map(
  (
    'AND AD,ARE AE,ARG AR,AUT AT,BEL BE,BGR BG,BHS BS,BMU BM,BRA BR,CAN CA,CHE CH,CHL CL,COL CO,CYM KY,CYP CY,CZE CZ,' +
    'DEU DE,DNK DK,ESP ES,EST EE,FIN FI,FRA FR,GBR GB,GGY GG,GIB GI,GRC GR,HKG HK,HRV HR,HUN HU,IMN IM,IRL IE,ISL IS,' +
    'ISR IL,ITA IT,JEY JE,LIE LI,LTU LT,LUX LU,LVA LV,MCO MC,MEX MX,MLT MT,NLD NL,NOR NO,PAN PA,PER PE,POL PL,PRT PT,' +
    'ROU RO,SGP SG,SVK SK,SVN SI,SWE SE,URY UY,USA US'
  )
    .split(',')
    .map((pair): [string, string] => [pair.slice(0, 3), pair.slice(4)]),
);

/** @param country two or three letters in any case. */
export function marketOf(country: string): string {
  const letters = country.toUpperCase();
  if (letters === 'UK') return 'GB';
  return /^[A-Z]{2}$/.test(letters) ? letters : (ALPHA3.get(letters) ?? UNKNOWN_COUNTRY);
}
