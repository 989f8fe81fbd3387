import * as parquet from "../../support/parquet-writer.ts";
import type { Random, Synthetic } from "../../support/synthetic.ts";
import {
  CITIES,
  FIRST_NAMES,
  LAST_NAMES,
  makeDay,
  makeEmail,
  makeOddText,
  makeRequest,
  makeText,
  ODD_TEXTS,
  THINGS,
} from "../../support/words.ts";

const { bool, float64, int64, list, nullType, struct, timestamp, utf8 } = parquet;

/** One struct holds the arguments of all tools of all domains; each action fills a few members. */
const ARGUMENTS = {
  ...Object.fromEntries(
    ["club_id", "season", "status", "game_id", "expression", "summary"].map((key) => [key, utf8()]),
  ),
  active_only: bool(),
  email: utf8(),
  city: utf8(),
  country: utf8(),
  first_name: utf8(),
  last_name: utf8(),
  account_id: utf8(),
  start_date: timestamp("ms"),
  end_date: timestamp("ms"),
  min_amount: float64(),
  quantity: int64(),
  item_ids: list(utf8()),
  passengers: list(struct({ name: utf8(), age: int64(), seat: utf8() })),
  address: struct({ street: utf8(), zip: utf8(), unit: utf8() }),
  coupon: utf8(),
  ...Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`option_${i}`, i % 3 === 0 ? int64() : utf8()])),
};

const TOOLS: Readonly<Record<string, (random: Random) => Record<string, unknown>>> = {
  find_client_by_email: (random) => ({ email: makeEmail(random) }),
  list_accounts: ({ int }) => ({ account_id: `AC-${int(1, 9999)}` }),
  list_games: (random) => ({
    club_id: `c${random.int(1, 30)}`,
    start_date: new Date(makeDay(random)),
    active_only: false,
  }),
  get_statement: (random) => ({
    account_id: `AC-${random.int(1, 99)}`,
    start_date: new Date(makeDay(random)),
    end_date: new Date(`${makeDay(random)}T${random.int(10, 23)}:30:00Z`),
    min_amount: random.int(0, 900) / 8,
  }),
  order_items: ({ int, pickSome }) => ({ item_ids: pickSome(THINGS, 1, 4), quantity: int(1, 12) }),
  book_seats: ({ int, pick }) => ({
    passengers: Array.from({ length: int(1, 3) }, () => ({ name: pick(FIRST_NAMES), age: int(1, 90) })),
    address: { street: `${int(1, 99)} Harbour Lane` },
  }),
  get_payment_methods: ({ int }) => ({ account_id: `AC-${int(1, 9999)}` }),
  email_client: (random) => ({ email: makeEmail(random), summary: makeText(random, 1) }),
  calculate: ({ int }) => ({ expression: `${int(1, 99)} * ${int(2, 9)} + 0.5` }),
  list_all_trains: () => ({}),
  set_option: ({ int }) => ({ option_3: int(0, 2 ** 31), option_4: "" }),
  hand_over: (random) => ({ summary: makeOddText(random), city: random.pick(CITIES) }),
};
const DOMAINS = ["bank", "basketball", "medicine", "railway", "restaurant", "weather"] as const;

/** Parquet with nested columns, some of them of type null. */
const synthetic: Synthetic = {
  dataset: "nvidia/ToolScale",
  format: {
    kind: "parquet",
    columns: {
      id: utf8(),
      description: struct({ purpose: utf8(), relevant_policies: nullType(), notes: nullType() }),
      user_scenario: struct({
        persona: nullType(),
        instructions: struct({
          task_instructions: utf8(),
          reason_for_call: utf8(),
          known_info: utf8(),
          unknown_info: utf8(),
          domain: utf8(),
        }),
      }),
      initial_state: nullType(),
      evaluation_criteria: struct({
        actions: list(struct({ arguments: struct(ARGUMENTS), name: utf8(), action_id: utf8() })),
        communicate_info: list(utf8()),
        nl_assertions: nullType(),
      }),
    },
  },
  files: [{ path: "data/train-{shard}-of-{shards}.parquet", config: "default", split: "train" }],

  row(random, { index }) {
    const { int, pick, chance } = random;
    const names = Object.keys(TOOLS);
    const actions = Array.from({ length: int(1, 8) }, (_, action) => {
      const name = pick(names);
      return { arguments: TOOLS[name]!(random), name, action_id: String(action) };
    });
    const wish = makeRequest(random);
    return {
      id: String(int(1, 15_000)),
      description: { purpose: "" },
      user_scenario: {
        instructions: {
          task_instructions: chance(0.1) ? "" : wish,
          reason_for_call: chance(0.1) ? `${wish} ${pick(ODD_TEXTS)}` : wish,
          known_info: `You are ${pick(FIRST_NAMES)} ${pick(LAST_NAMES)}, ${makeEmail(random)}. ${makeText(random, 8)}`,
          unknown_info: index % 5 === 0 ? null : "Your account number.",
          domain: pick(DOMAINS),
        },
      },
      evaluation_criteria: { actions, communicate_info: [] },
    };
  },

  oddRow(random, place) {
    const row = synthetic.row(random, place);
    return random.pick([
      { ...row, evaluation_criteria: { actions: [] } },
      { ...row, evaluation_criteria: { actions: null } },
      { ...row, evaluation_criteria: null },
      { ...row, user_scenario: null },
    ]);
  },

  cases: [
    {
      name: "nulls that pad the struct go, at any depth; what is left stays as it is",
      row: {
        id: "41",
        user_scenario: {
          instructions: {
            reason_for_call: "A trip",
            known_info: "You are Femi.",
            task_instructions: "Book two seats.",
            domain: "railway",
          },
        },
        evaluation_criteria: {
          actions: [
            { name: "list_all_trains", arguments: { club_id: null, address: null, active_only: null } },
            {
              name: "book_seats",
              arguments: {
                club_id: null,
                active_only: false,
                quantity: 0,
                status: "",
                item_ids: [],
                passengers: [{ name: "Femi", age: 31, seat: null }],
                address: { street: "2 Harbour Lane", zip: null, unit: null },
              },
            },
          ],
        },
      },
      draft: {
        request: "A trip\nYou are Femi.\nBook two seats.",
        nodes: [
          { tool: "list_all_trains", arguments: {} },
          {
            tool: "book_seats",
            arguments: {
              active_only: false,
              quantity: 0,
              status: "",
              item_ids: [],
              passengers: [{ name: "Femi", age: 31 }],
              address: { street: "2 Harbour Lane" },
            },
          },
        ],
        edges: "sequence",
        extra: { id: "41", domain: "railway" },
      },
    },
    {
      name: "a timestamp at midnight is a day",
      row: {
        id: "7",
        user_scenario: { instructions: { task_instructions: null, reason_for_call: "Games in May?", domain: null } },
        evaluation_criteria: {
          actions: [
            {
              name: "list_games",
              arguments: {
                start_date: "2025-05-01T00:00:00",
                end_date: "2025-05-31T00:00:00.000Z",
                game_date: "2025-05-31T00:00:00Z",
                report_date: "2025-06-01T08:30:00.000Z",
              },
            },
            { name: "note", arguments: { last_update: "2025-05-01T00:00:00", of: { date: "2025-05-02T00:00:00" } } },
          ],
        },
      },
      draft: {
        request: "Games in May?",
        nodes: [
          {
            tool: "list_games",
            arguments: {
              start_date: "2025-05-01",
              end_date: "2025-05-31",
              game_date: "2025-05-31",
              report_date: "2025-06-01T08:30:00.000Z",
            },
          },
          { tool: "note", arguments: { last_update: "2025-05-01T00:00:00", of: { date: "2025-05-02" } } },
        ],
        edges: "sequence",
        extra: { id: "7" },
      },
    },
    ...[{ actions: [] }, { actions: null }, null].map((evaluation_criteria) => ({
      name: `no actions: ${JSON.stringify(evaluation_criteria)}`,
      row: {
        id: "9",
        user_scenario: { instructions: { task_instructions: "Hello", reason_for_call: "", domain: "bank" } },
        evaluation_criteria,
      },
      drop: "no_actions",
    })),
    {
      name: "an action without a name",
      row: {
        id: "9",
        user_scenario: { instructions: { task_instructions: "Hello", reason_for_call: "", domain: "bank" } },
        evaluation_criteria: { actions: [{ name: null, arguments: {} }] },
      },
      invalid: /name/,
    },
    {
      name: "no scenario",
      row: { id: "9", user_scenario: null, evaluation_criteria: { actions: [] } },
      invalid: /user_scenario/,
    },
  ],
};

export default synthetic;
