import type { Sensitivity } from "#contract";

/** Characters of one value that are looked at. */
const VALUE_CHARS_MAX = 4096;

// The shortest secret below is xoxb- with ten more characters in one run; a PEM header has five dashes on either side.
const SECRET_RUN_MIN = 15;
const PEM_DASHES = 10;
// Shapes that providers give their keys so that scanners find them (GitHub secret scanning, gitleaks), JSON web tokens
// (RFC 7519: a base64url object begins with eyJ) and PEM private keys (RFC 7468).
const SECRET =
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\b(?:sk|pk|rk)[-_](?:live|test|proj|ant)[-_][\w-]{8,}|\bsk-[A-Za-z0-9]{20}|\bgh[opsur]_[A-Za-z0-9]{20}|\bgithub_pat_\w{20}|\bglpat-[\w-]{16}|\bxox[abeoprs]-[\w-]{10}|\bAIza[\w-]{30}|\bhf_[A-Za-z0-9]{20}|\beyJ[\w-]{8,512}\.eyJ[\w-]{8}|-----BEGIN [A-Z ]{0,24}PRIVATE KEY-----/;
const SECRET_PATH = /(?:^|[\\/])(?:\.ssh|\.aws|\.gnupg|\.env|\.netrc|\.htpasswd|id_rsa|id_ed25519|shadow)(?:$|[\\/.])/;
/** How a file name of these begins that stands alone. */
const BARE_NAME = /^[.is]/;
const HOME_PATH = /(?:^|[\s"'=(])(?:~[\\/]|\/home\/|\/Users\/|[A-Za-z]:\\Users\\)/;
const PHONE =
  /(?<![\w.)])\+\d[\d ().-]{6,18}\d(?!\d)|(?<![\d.])\(\d{3}\) ?\d{3}[ .-]\d{4}(?!\d)|(?<![\d.-])\d{3}([ .-])\d{3}\1\d{4}(?![\d.-]*\d)/;
// US Social Security Administration: no area 000, 666 or 9xx, no group 00, no serial 0000.
const SSN = /(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])/;
const IBAN = /\b[A-Z]{2}\d{2} ?[A-Z0-9]{4}[A-Z0-9 ]{7,31}/g;
const DIGIT_GROUPS = /(?<![\d.-])\d(?:[ -]?\d){12,18}(?![\d.-]*\d)/g;
const COORDINATES = /(?<![\d.])-?\d{1,3}\.\d{4,12}\s{0,2}[,; ]\s{0,2}-?\d{1,3}\.\d{4,12}(?![\d.])/;
const STREET = /\b(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Square|Sq|Parkway|Pkwy)\b/g;
const HOUSE_NUMBER = /(?:^|[^\d])\d{1,6}[A-Z]? (?:[NSEW]\.? )?\p{Lu}[^,;:!?]*$/u;
const STREET_CHARS_MAX = 40;
const MEDICAL =
  /\b(?:diabet|cancer|tumou?r|hiv|aids\b|asthma|depress(?:ion|ed)|schizophren|epilep|pregnan|chemotherap|antidepress|insulin|prescri(?:be|ption)|diagnos(?:is|ed)|symptom|hypertension|hepatitis|leuk[ae]emia|psychiatr)/i;

/**
 * The sensitivity of what a text value is, whatever its name: 5 keys, tokens and the files that hold them; 4 card numbers
 * (Luhn), bank accounts (IBAN, ISO 13616), social security numbers, illnesses; 3 e-mail addresses, phone numbers, street
 * addresses, exact positions, paths in a home folder; else 1. At most VALUE_CHARS_MAX characters are looked at.
 */
export function toValueSensitivity(text: string): Sensitivity {
  const value = text.length > VALUE_CHARS_MAX ? text.slice(0, VALUE_CHARS_MAX) : text;
  const seen = scan(value);
  const mayBeSecret = value.length >= 16 && (seen.run >= SECRET_RUN_MIN || seen.dashes >= PEM_DASHES);
  if (mayBeSecret && SECRET.test(value)) return 5;
  if ((seen.slash || (seen.dot && BARE_NAME.test(value))) && SECRET_PATH.test(value)) return 5;
  if (seen.digits >= 9 && (SSN.test(value) || holdsCardNumber(value))) return 4;
  if (seen.digits >= 2 && seen.upper && value.length >= 15 && holdsIban(value)) return 4;
  if (seen.letters && value.length >= 3 && MEDICAL.test(value)) return 4;
  if (seen.at && holdsEmailAddress(value)) return 3;
  if (seen.digits >= 7 && (PHONE.test(value) || COORDINATES.test(value))) return 3;
  if (seen.slash && HOME_PATH.test(value)) return 3;
  return seen.digits > 0 && seen.upper && holdsStreetAddress(value) ? 3 : 1;
}

type Seen = {
  digits: number;
  dashes: number;
  at: boolean;
  slash: boolean;
  dot: boolean;
  upper: boolean;
  letters: boolean;
  /** The longest run of letters, digits, "_", "-" and ".". */
  run: number;
};

/** One pass that tells which of the patterns can match at all: most values are words, and none of them can. */
function scan(value: string): Seen {
  let digits = 0;
  let dashes = 0;
  let at = false;
  let slash = false;
  let dot = false;
  let upper = false;
  let lower = false;
  let run = 0;
  let runStart = 0;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code >= 97 && code <= 122) lower = true;
    else if (code >= 48 && code <= 57) digits++;
    else if (code >= 65 && code <= 90) upper = true;
    else if (code === 46) dot = true;
    else if (code === 45) dashes++;
    else if (code !== 95) {
      if (i - runStart > run) run = i - runStart;
      runStart = i + 1;
      if (code === 64) at = true;
      else if (code === 47 || code === 92 || code === 126) slash = true;
    }
  }
  run = Math.max(run, value.length - runStart);
  return { digits, dashes, at, slash, dot, upper, letters: upper || lower, run };
}

/** Looks around each "@": a run of local-part characters before it, behind it a domain with a dot. */
function holdsEmailAddress(value: string): boolean {
  for (let at = value.indexOf("@"); at !== -1; at = value.indexOf("@", at + 1)) {
    if (!/[A-Za-z0-9_%+-]/.test(value.charAt(at - 1))) continue;
    const domain = /^[A-Za-z0-9.-]{1,253}/.exec(value.slice(at + 1, at + 255))?.[0] ?? "";
    const dot = domain.indexOf(".");
    if (dot > 0 && /[A-Za-z]/.test(domain.charAt(dot + 1))) return true;
  }
  return false;
}

function holdsCardNumber(value: string): boolean {
  for (const [group] of value.matchAll(DIGIT_GROUPS)) {
    const digits = group.replace(/\D/g, "");
    if (isCardPrefix(digits) && passesLuhn(digits)) return true;
  }
  return false;
}

/** The ranges that payment networks issue, with their lengths (ISO/IEC 7812). */
function isCardPrefix(digits: string): boolean {
  const { length } = digits;
  const four = Number(digits.slice(0, 4));
  if (digits.startsWith("4")) return length === 13 || length === 16 || length === 19;
  if (length === 15) return digits.startsWith("34") || digits.startsWith("37");
  if (length === 14) return /^3(?:0[0-5]|6|8)/.test(digits);
  if (length < 16) return false;
  return (four >= 5100 && four <= 5599) || (four >= 2221 && four <= 2720) || /^(?:6011|64[4-9]|65|62|35)/.test(digits);
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

function holdsIban(value: string): boolean {
  for (const [match] of value.matchAll(IBAN)) {
    const account = match.replaceAll(" ", "");
    // The match may run on into the next word: a checksum at any length that countries use.
    for (let length = Math.min(account.length, 34); length >= 15; length--) {
      if (remainderOf97(account.slice(0, length)) === 1) return true;
      if (!match.includes(" ")) break;
    }
  }
  return false;
}

/** ISO 7064 MOD 97-10 over the account with its first four characters moved to the end, letters as 10 to 35. */
function remainderOf97(account: string): number {
  let remainder = 0;
  for (const char of account.slice(4) + account.slice(0, 4)) {
    const digit = Number.parseInt(char, 36);
    remainder = (remainder * (digit > 9 ? 100 : 10) + digit) % 97;
  }
  return remainder;
}

/** A house number and a capitalised name before a word for a street: "12 Elm Street", not "5 miles down the Road". */
function holdsStreetAddress(value: string): boolean {
  for (const match of value.matchAll(STREET)) {
    const before = value.slice(Math.max(0, match.index - STREET_CHARS_MAX), match.index);
    if (before.endsWith(" ") && HOUSE_NUMBER.test(before)) return true;
  }
  return false;
}
