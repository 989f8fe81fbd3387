import type { Sensitivity } from "#contract";
import { rememberByName, toNameWords } from "#contract";
import { toSingular } from "./_fold.ts";

/** Version of the scope-sensitivity stage: moves when a word or value below or a rule of the stage changes. */
export const SENSITIVITY_LEXICON_VERSION = 1;

// The levels follow what data protection rules tell apart: credentials; special categories and payment data (GDPR art. 9,
// PCI DSS, HIPAA); what identifies a person (GDPR art. 4, NIST SP 800-122); what is an organisation's own; the rest.
// A pair of words wins over its parts: a MAC address is no person's address. Names in datasets are English, whatever the
// language of the request.
const LEVELS: Readonly<Record<Sensitivity, string>> = {
  5:
    "password passwd pwd passphrase passcode secret credential apikey keychain otp totp mfa 2fa cvv cvc jwt oauth bearer " +
    "api-key access-key secret-key private-key ssh-key signing-key encryption-key access-token auth-token api-token " +
    "refresh-token session-token id-token security-token bearer-token token-secret bot-token user-token security-code " +
    "pin-code-secret verification-code one-time seed-phrase recovery-code backup-code session-cookie secretsmanager kms " +
    "security-answer",
  4:
    "bank banking iban swift bic payment pay paypal venmo stripe payroll salary wage income mortgage loan debt tax credit " +
    "creditcard debit transaction transfer withdrawal deposit wallet invoice-payment balance insurance portfolio pension " +
    "routing-number account-number account-balance card-number credit-card debit-card bank-account money fund " +
    "medical medication medicine health patient doctor hospital clinic diagnosis diagnose symptom disease prescription " +
    "drug-dosage dosage allergy therapy surgery pregnancy insulin glucose blood vaccine vaccination immunization disability " +
    "heart-rate blood-pressure lab-result mental-health social-security ssn passport tax-id driver-license drivers-license " +
    "license-number national-id health-record religion ethnicity sexual-orientation biometric fingerprint dna genome",
  3:
    "email mail inbox gmail outlook sms whatsapp telegram messenger phone telephone mobile contact address recipient sender " +
    "birthday birthdate dob birth gender profile person personal people employee staff student customer guest passenger " +
    "attendee participant subscriber resident tenant friend family spouse child username firstname lastname fullname surname " +
    "nickname resume cv photo selfie face gps geolocation first-name last-name full-name user-name customer-name user-id " +
    "user-profile home-address street-address current-location user-location chat dm direct-message message conversation " +
    "phonebook call-log voicemail diary journal dating ip-address-user location-history calendar-attendee",
  2:
    "file folder directory document doc spreadsheet record order invoice inventory database db table sql query-log ticket " +
    "issue customer-count server instance cluster vm container bucket s3 ec2 rds sns sqs lambda iam cloud deploy deployment " +
    "log system config configuration setting device process service network firewall host hostname ip-address mac-address " +
    "port repository repo commit branch project task todo note calendar event appointment meeting reminder schedule " +
    "reservation booking account user client crm lead sale campaign contract report dashboard workspace admin permission role " +
    "group team department job backup storage drive desktop clipboard camera sensor lock alarm thermostat path filename " +
    "filepath billing subscription shipment package policy",
  1:
    "ip-lookup url-address web-address contract-address user-agent user-input user-query user-prompt max-token token-count " +
    "email-template mobile-game mobile-app blood-type-list mail-server-name blood-moon stock-order event-loop sort-order " +
    "order-by sort-by group-by table-tennis credit-song journal-article research-journal service-status age-group " +
    "loan-word currency-transfer-rate tax-rate interest-rate exchange-rate heart-shape bank-holiday public-holiday data-type " +
    "sql-keyword face-value blood-red path-finding shortest-path log-base natural-log",
};

const WORDS = new Map<string, Sensitivity>();
for (const level of [5, 4, 3, 2, 1] as const) for (const word of LEVELS[level].split(" ")) WORDS.set(word, level);

/** Names that mean a secret only as a whole argument name: a tool may well `pin` a message or count tokens. */
const WHOLE_ARGUMENT_NAMES = new Map<string, Sensitivity>([
  ["token", 5],
  ["pin", 5],
  ["auth", 5],
  ["to", 1],
  ["cc", 3],
  ["bcc", 3],
]);

/** The sensitivity that a tool's name speaks of; 1 where it says nothing. */
export const toToolSensitivity = rememberByName(toNameSensitivity);

/** The sensitivity that an argument's name speaks of; 1 where it says nothing. */
export const toArgumentSensitivity = rememberByName(
  (name): Sensitivity => WHOLE_ARGUMENT_NAMES.get(name.toLowerCase()) ?? toNameSensitivity(name),
);

function toNameSensitivity(name: string): Sensitivity {
  const tokens = toNameWords(name);
  const words = tokens.map(toSingular);
  let highest: Sensitivity = 1;
  for (let i = 0; i < words.length; i++) {
    const pair = WORDS.get(`${words[i]}-${words[i + 1]}`);
    // "sms" and the like only look like plurals: the word as written counts too.
    const level = pair ?? WORDS.get(words[i] as string) ?? WORDS.get(tokens[i] as string) ?? 1;
    if (pair !== undefined) i++;
    if (level > highest) highest = level;
  }
  return highest;
}
