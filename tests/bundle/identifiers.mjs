// The identifiers that rules ask about, written from their published algorithms and independently of the gateway's own code.

/** Whether the day exists in the Gregorian calendar. */
export function isRealDay(year, month, day) {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return month >= 1 && month <= 12 && day >= 1 && day <= lengths[month - 1];
}

const realDay = (century, yymmdd) => isRealDay(century + +yymmdd.slice(0, 2), +yymmdd.slice(2, 4), +yymmdd.slice(4, 6));
const shape = (pattern) => (text) => pattern.test(text);
const weighted = (values, weightAt) => values.reduce((sum, value, i) => sum + value * weightAt(i), 0);

// 49 CFR 565.15: letters by their place in the table, weights 8765432X098765432, remainder 10 is X.
const vin = {
  isWellFormed: shape(/^[A-HJ-NPR-Z0-9]{17}$/),
  isNorthAmerican: (text) => vin.isWellFormed(text) && "12345".includes(text[0]),
  isValid(text) {
    if (!vin.isWellFormed(text)) return false;
    const values = [...text].map((c) => "0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ".indexOf(c) % 10);
    return text[8] === "0123456789X"[weighted(values, (i) => "0123456789X".indexOf("8765432X098765432"[i])) % 11];
  },
};

// ISO 6346, annex A: letters from 10 on without the multiples of 11, powers of two as weights.
const containerLetters = Array.from({ length: 29 }, (_, i) => i + 10).filter((value) => value % 11 !== 0);
const containerRemainder = (text) => {
  const values = [...text.slice(0, 10)].map((c) => (/\d/.test(c) ? +c : containerLetters[c.charCodeAt(0) - 65]));
  return weighted(values, (i) => 2 ** i) % 11;
};
const iso6346 = {
  isWellFormed: shape(/^[A-Z]{3}[UJZ]\d{7}$/),
  isValid: (text) => iso6346.isWellFormed(text) && containerRemainder(text) % 10 === +text[10],
  isDiscouraged: (text) => iso6346.isWellFormed(text) && containerRemainder(text) === 10,
};

// CBP CATAIR, appendix E: every second value doubled, its digits added; letters by the table of the appendix.
const entryLetters = { ABCDEFGHI: 1, JKLMNOPQR: 1, STUVWXYZ: 2 };
const entryValue = (c) => {
  if (/\d/.test(c)) return +c;
  const [row, first] = Object.entries(entryLetters).find(([letters]) => letters.includes(c));
  return row.indexOf(c) + first;
};
const entry = {
  isWellFormed: (text) => /^(?!000)[A-Z0-9]{3}(?:\d{8}|-\d{7}-\d)$/.test(text),
  isValid(text) {
    if (!entry.isWellFormed(text)) return false;
    const values = [...text.replaceAll("-", "")].map(entryValue);
    const check = values.pop();
    const digits = values.map((value, i) => (i % 2 === 0 ? value : Math.floor((value * 2) / 10) + ((value * 2) % 10)));
    return (digits.reduce((sum, digit) => sum + digit, 0) + check) % 10 === 0;
  },
};

const inBond = {
  isWellFormed: shape(/^\d{9}$/),
  isValid: (text) => inBond.isWellFormed(text) && +text.slice(0, 8) % 7 === +text[8],
};

// SAT: characters by their place in this row, a company's number begins with a blank, weights 13 to 2, modulus 11.
const rfcRow = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ";
const rfc = {
  isWellFormed(text) {
    const parts = /^[A-ZÑ&]{3,4}(\d{6})[A-Z0-9]{2}[\dA]$/u.exec(text);
    return parts !== null && (realDay(1900, parts[1]) || realDay(2000, parts[1]));
  },
  isCompany: (text) => rfc.isWellFormed(text) && text.length === 12,
  isGeneric: (text) => ["XAXX010101000", "XEXX010101000", "EXTR920901TS4", "EMB930401KH4", "OIN9304013N0"].includes(text),
  isValid(text) {
    if (!rfc.isWellFormed(text)) return false;
    const values = [...text.padStart(13, " ")].map((c) => rfcRow.indexOf(c));
    return text.endsWith("0A987654321"[weighted(values.slice(0, 12), (i) => 13 - i) % 11]);
  },
};

// RENAPO: characters by their place in this row, weights 18 to 2, modulus 10.
const curpRow = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ";
const curpStates = "AS|BC|BS|CC|CH|CL|CM|CS|DF|DG|GR|GT|HG|JC|MC|MN|MS|NE|NL|NT|OC|PL|QR|QT|SL|SP|SR|TC|TL|TS|VZ|YN|ZS";
const curpShape = new RegExp(`^[A-Z][AEIOUX][A-Z]{2}(\\d{6})[HMX](?:${curpStates})[B-DF-HJ-NP-TV-Z]{3}([A-Z0-9])\\d$`);
const curp = {
  isWellFormed(text) {
    const parts = curpShape.exec(text);
    return parts !== null && realDay(/\d/.test(parts[2]) ? 1900 : 2000, parts[1]);
  },
  isValid(text) {
    if (!curp.isWellFormed(text)) return false;
    const values = [...text].map((c) => curpRow.indexOf(c));
    return (weighted(values.slice(0, 17), (i) => 18 - i) + values[17]) % 10 === 0;
  },
};

// ISO 7064 MOD 97-10.
const lei = {
  isWellFormed: shape(/^[A-Z0-9]{18}\d\d$/),
  isValid: (text) => lei.isWellFormed(text) && BigInt(text.replace(/[A-Z]/g, (c) => parseInt(c, 36))) % 97n === 1n,
};

const pedimentoParts = (text) => /^(\d\d)(\d\d)(\d{4})(\d)(\d{6})$/.exec(text) ?? /^(\d\d) {2}(\d\d) {2}(\d{4}) {2}(\d)(\d{6})$/.exec(text);
const pedimentoPart = (number) => (text) => pedimentoParts(text)?.[number] ?? "";
const pedimento = {
  isWellFormed: (text) => pedimentoParts(text) !== null,
  isValid: (text) => pedimentoParts(text) !== null,
  year: pedimentoPart(1),
  office: pedimentoPart(2),
  patente: pedimentoPart(3),
  yearDigit: pedimentoPart(4),
  sequence: pedimentoPart(5),
};

const itnParts = (text) => {
  const parts = /^X(\d{4})(\d\d)(\d\d)\d{6}$/.exec(text);
  return parts !== null && isRealDay(+parts[1], +parts[2], +parts[3]) ? parts.slice(1, 4) : null;
};
const itn = { isValid: (text) => itnParts(text) !== null, date: (text) => itnParts(text)?.join("-") ?? "" };

const scac = { isValid: shape(/^[A-Z]{4}$/), isReserved: shape(/^[A-Z]{3}[UXZ]$/) };

const isImporter = shape(/^(?:\d\d-\d{7}(?:[A-Z0-9]{2})?|\d{3}-\d\d-\d{4}|\d{6}-\d{5})$/);

/** Every identifier with its functions. */
export const identifiers = {
  aceId: { isValid: shape(/^[A-Z0-9]{7}$/) },
  caat: { isValid: shape(/^[A-Z0-9]{4}$/) },
  controlNumber: { isValid: shape(/^[A-Z]{4}[A-Z0-9]{4,12}$/) },
  curp,
  duns: { isValid: shape(/^\d{9}$/) },
  ein: { isValid: shape(/^\d\d-\d{7}(?:[A-Z0-9]{2})?$/) },
  entry,
  fast: { isValid: shape(/^4270\d{8}0[12]$/) },
  hs: { isValid: shape(/^(?!00|77)\d{6}(?:\d\d){0,2}$/) },
  idCcp: { isValid: shape(/^CCC[\dA-Fa-f]{5}(?:-[\dA-Fa-f]{4}){3}-[\dA-Fa-f]{12}$/) },
  importer: { isValid: isImporter },
  inBond,
  iso6346,
  itn,
  lei,
  mid: { isValid: shape(/^(?!CA)(?:[A-WYZ][A-Z]|X[ABCMNOPQSTVWY])[A-Z0-9]{3,13}$/) },
  patente: { isValid: shape(/^\d{4}$/) },
  pedimento,
  plate: { isValid: shape(/^[^\u0000-\u0020\u007f\-.()?!*]{5,7}$/u) },
  rfc,
  scac,
  seal: { isValid: shape(/^[A-Za-z0-9]{2,15}$/) },
  text: { hasLetters: shape(/[A-Za-z]|[^\u0000-\u007f]/u) },
  tripNumber: { isValid: shape(/^[A-Z]{4}[A-Z0-9]{4,21}$/) },
  usdot: { isValid: shape(/^\d{1,8}$/) },
  uuid: { isValid: shape(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i) },
  vin,
};
