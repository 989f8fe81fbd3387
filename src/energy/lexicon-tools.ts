/** What a call does, by the verb of its tool's name. */
export const ACTIONS = [
  ...(["compute", "display", "read", "load", "state", "store", "log", "send", "book", "change", "buy"] as const),
  ...(["remove", "sign_in", "pay", "delegate", "execute", "administer", "unknown"] as const),
];
export type Action = (typeof ACTIONS)[number];

/** Where a call hands data on to, with the risk of it. */
export const DESTINATION_RISK = { none: 0, display: 0, store: 0.3, log: 0.7, external: 1 } as const;
export type Destination = keyof typeof DESTINATION_RISK;

type ActionWords = {
  /** 0-2 read, 3-5 write, 6-8 sensitive, 9-10 administer. */
  readonly privilege: number;
  readonly destination: Destination;
  /** How much the call decides what is run next: 0 to 1. */
  readonly controlFlow: number;
  /** Words that are this verb wherever they stand in a name. */
  readonly verbs: string;
  /** Words that are this verb first or last in a name, and else a noun ("post_tweet", "flight_book", "get_post"). */
  readonly nounsToo: string;
};

const write = { destination: "none", controlFlow: 0 } as const;

/** Words are singular, as name-words.ts gives them. */
export const ACTION_WORDS: Readonly<Record<Action, ActionWords>> = {
  compute: {
    ...{ privilege: 0, destination: "none", controlFlow: 0 },
    verbs:
      "calculate calculator calc compute convert converter translate summarize summarise classify compare estimate predict " +
      "analyze analyse analyzer sort filter parse parser format encode decode encrypt decrypt compress decompress obfuscate " +
      "hash extract validate validator solve evaluate generate generator compose integrate factorize transform reverse plot " +
      "simulate determine infer detect identify recognize choose select explain describe rewrite paraphrase diff shuffle " +
      "design recommend suggest weigh reason simplify normalize tokenize deduplicate aggregate sum multiply divide subtract " +
      "round train capitalize imagine brainstorm proofread",
    nounsToo:
      "mix map rate draw roll test score mean median average conversion calculation math plan split chunk fragment",
  },
  display: {
    ...{ privilege: 0, destination: "display", controlFlow: 0 },
    verbs: "show display render print finish answer respond present visualize preview",
    nounsToo: "",
  },
  read: {
    ...{ privilege: 1, destination: "none", controlFlow: 0 },
    verbs:
      "get find finder search query fetch read view lookup retrieve browse check discover explore see inspect locate crawl " +
      "scrape visit navigate poll grep cat wc tail pwd verify confirm enumerate peek wait ask tracking",
    nounsToo:
      "list ls track count look scan monitor head du cd watch forecast history info detail statu statistic price",
  },
  load: {
    ...{ privilege: 2, destination: "none", controlFlow: 0 },
    verbs: "download load pretrained clone pull export import receive",
    nounsToo: "",
  },
  state: {
    ...{ privilege: 3, ...write },
    verbs:
      "set toggle enable disable start stop turn launch lock unlock open close pause resume adjust press activate deactivate " +
      "mute unmute connect disconnect switch follow unfollow subscribe unsubscribe leave mark logout hide resolve reseat refuel " +
      "accept decline",
    nounsToo: "play fill pin like join trigger reboot restart retry",
  },
  store: {
    ...{ privilege: 3, destination: "store", controlFlow: 0 },
    verbs:
      "create add insert save append put backup archive cache touch mkdir echo cp mv rename attach register remind " +
      "remember persist",
    nounsToo: "copy move record note draft bookmark store snapshot schedule",
  },
  log: {
    ...{ privilege: 3, destination: "log", controlFlow: 0 },
    verbs: "audit",
    nounsToo: "log trace",
  },
  send: {
    ...{ privilege: 4, destination: "external", controlFlow: 0 },
    verbs:
      "send publish upload forward broadcast notify invite retweet repost submit reply dm syndicate webhook disclose leak",
    nounsToo: "post tweet email mail message sms text comment mention report contact call fax alert ping share",
  },
  book: {
    ...{ privilege: 4, ...write },
    verbs: "reserve rent enroll apply",
    nounsToo: "book order request booking reservation",
  },
  change: {
    ...{ privilege: 5, ...write },
    verbs:
      "update modify edit replace patch reset cancel redeem install deploy migrate restore approve reject assign configure " +
      "overwrite upgrade downgrade sync",
    nounsToo: "change return exchange",
  },
  buy: {
    ...{ privilege: 6, ...write },
    verbs: "buy purchase checkout invest sell",
    nounsToo: "trade",
  },
  remove: {
    ...{ privilege: 6, ...write },
    verbs:
      "delete remove rm rmdir drop purge wipe erase clear destroy truncate kill terminate uninstall unregister block ban",
    nounsToo: "",
  },
  sign_in: {
    ...{ privilege: 6, ...write },
    verbs: "login signin authenticate",
    nounsToo: "signup",
  },
  pay: {
    ...{ privilege: 7, destination: "external", controlFlow: 0 },
    verbs: "pay wire withdraw donate refund remit",
    nounsToo: "transfer deposit charge fund tip",
  },
  delegate: {
    ...{ privilege: 6, destination: "none", controlFlow: 0.5 },
    verbs: "delegate dispatch orchestrate handoff spawn invoke",
    nounsToo: "",
  },
  execute: {
    ...{ privilege: 8, destination: "none", controlFlow: 1 },
    verbs: "execute exec eval terminal shell bash powershell subprocess cmd sh",
    nounsToo: "",
  },
  administer: {
    ...{ privilege: 9, ...write },
    verbs: "grant revoke impersonate sudo elevate escalate chmod chown authorize whitelist provision",
    nounsToo: "",
  },
  unknown: { ...{ privilege: 1, destination: "none", controlFlow: 0 }, verbs: "", nounsToo: "" },
};

/** Words after which a verb that is a noun, too, was a noun: "transfer_history" reads. */
export const READING_NOUNS =
  "rate price history info information detail statu list forecast analysis statistic result lookup summary balance count type";

/** A verb that is a noun, too, ends a name as a verb only for these: "flight_book", but "match_schedule" and "user_email". */
export const VERBS_AT_END: readonly Action[] = ["book", "buy", "pay", "change", "compute", "read"];

/** "write" and "run" say what they do by what comes after them; without one of these they make a text, or compute. */
export const OBJECT_VERBS: readonly { readonly verb: string; readonly objects: string; readonly action: Action }[] = [
  {
    verb: "write",
    objects: "file record db database note table disk log document cell row page registry memory sheet",
    action: "store",
  },
  { verb: "write", objects: "", action: "compute" },
  {
    verb: "run",
    objects:
      "script command code shell program query sql job task workflow pipeline notebook function macro binary process sh",
    action: "execute",
  },
  { verb: "run", objects: "instance container server vm machine cluster", action: "state" },
  { verb: "run", objects: "", action: "compute" },
  { verb: "call", objects: "agent function tool api assistant model plugin", action: "delegate" },
  { verb: "make", objects: "payment transaction transfer donation deposit", action: "pay" },
  { verb: "update", objects: "transaction payment transfer payee beneficiary", action: "pay" },
  { verb: "modify", objects: "transaction payment transfer payee beneficiary", action: "pay" },
  { verb: "change", objects: "transaction transfer payee beneficiary", action: "pay" },
  { verb: "make", objects: "purchase", action: "buy" },
  { verb: "make", objects: "booking reservation appointment order", action: "book" },
  { verb: "make", objects: "call post announcement", action: "send" },
  { verb: "make", objects: "", action: "compute" },
  { verb: "add", objects: "number binary integer vector matrix fraction", action: "compute" },
  { verb: "submit", objects: "answer solution", action: "display" },
  { verb: "transfer", objects: "human agent operator assistant", action: "delegate" },
  { verb: "create", objects: "post tweet instagram facebook twitter tiktok linkedin youtube", action: "send" },
  {
    verb: "create",
    objects: "image picture video meme plot chart histogram story poem song melody",
    action: "compute",
  },
  { verb: "generate", objects: "report invoice token key credential", action: "store" },
];

/** What a call works on raises its privilege: at least `privilege` for these actions on these words. */
export const OBJECT_PRIVILEGES: readonly {
  readonly actions: readonly Action[];
  readonly privilege: number;
  readonly words: string;
}[] = [
  {
    actions: ["state", "store", "change", "remove", "send"],
    privilege: 9,
    words: "permission privilege role policy acl firewall iam sudo admin administrator root mfa superuser allowlist",
  },
  {
    actions: ["state", "store", "change", "remove", "send"],
    privilege: 8,
    words: "password credential secret passcode passphrase apikey token certificate security",
  },
  {
    actions: ["state", "store", "change", "send", "book", "buy"],
    privilege: 7,
    words: "payment money payee beneficiary wallet bank iban salary payroll card",
  },
  { actions: ["change"], privilege: 6, words: "user account customer member employee patient profile address client" },
  { actions: ["remove"], privilege: 7, words: "user account customer member employee patient profile client" },
  {
    actions: ["remove"],
    privilege: 8,
    words: "all everything database db table bucket server instance cluster volume backup",
  },
];

/** Calls after which nobody can tell what the data was. */
export const OBFUSCATING = "encrypt compress encode obfuscate split chunk fragment base64 zip hash";
/** Calls that give fewer things than they take. */
export const REDUCING = "filter aggregate sample deduplicate distinct limit top head tail summarize summarise group";
/** Calls that may give more. */
export const EXPANDING = "expand join cross cartesian explode unnest flatten";
