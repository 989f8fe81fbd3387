import { describe, expect, it } from "vitest";
import { isControlKind, toArgumentKind, toFieldSensitivity } from "../../src/energy/argument-kind.ts";
import { LEXICON_DIGEST, LEXICON_VERSION } from "../../src/energy/lexicon.ts";
import { ACTION_WORDS, ACTIONS } from "../../src/energy/lexicon-tools.ts";
import { toSegments, toWords } from "../../src/energy/name-words.ts";
import { toToolTraits } from "../../src/energy/tool-traits.ts";
import { rememberByName } from "../../src/schema/name-words.ts";
import { isRetrieval } from "../../transforms/derive/_retrieval-lexicon.ts";

describe("words of a name", () => {
  it.each([
    ["getUserInfo", ["get", "user", "info"]],
    ["get_user-infos", ["get", "user", "info"]],
    ["HTTPServer.listAll", ["http", "server", "list", "all"]],
    ["iam.client.create_role", ["iam", "client", "create", "role"]],
    ["döviz_çevir", ["döviz", "çevir"]],
    ["", []],
  ])("%s", (name, words) => {
    expect(toWords(name)).toEqual(words);
  });

  it("segments end at dots, slashes and colons, not in versions", () => {
    expect(toSegments("a.b_c::d/e->f")).toEqual([["a"], ["b", "c"], ["d"], ["e"], ["f"]]);
    expect(toSegments("gpt.4")).toEqual([["gpt", "4"]]);
  });

  it("what is remembered is bounded, and a name that is none is not remembered", () => {
    let computed = 0;
    const count = rememberByName((name) => {
      computed++;
      return name.length;
    });
    for (let i = 0; i < 20_000; i++) count(`tool_${i}`);
    expect(computed).toBe(20_000);
    expect([count("tool_19999"), computed]).toEqual([10, 20_000]);
    count("tool_0");
    expect(computed).toBe(20_001);
    const long = "x".repeat(300);
    expect([count(long), count(long), computed]).toEqual([300, 300, 20_003]);
  });
});

describe("tools", () => {
  it.each([
    ["get_order_details", "read", 1, "none"],
    ["GorillaFileSystem.cat", "read", 1, "none"],
    ["library.search_book", "read", 1, "none"],
    ["recipe.find", "read", 1, "none"],
    ["MessageAPI.view_messages_sent", "read", 1, "none"],
    ["transfer_history", "read", 1, "none"],
    ["AutoModel.from_pretrained", "load", 2, "none"],
    ["calculate_bmi", "compute", 0, "none"],
    ["write_title", "compute", 0, "none"],
    ["run_linear_regression", "compute", 0, "none"],
    ["MathAPI.logarithm", "compute", 0, "none"],
    ["submit_answer", "display", 0, "display"],
    ["VehicleControlAPI.lockDoors", "state", 3, "none"],
    ["GorillaFileSystem.mkdir", "store", 3, "store"],
    ["write_file", "store", 3, "store"],
    ["log_security_audit", "log", 3, "log"],
    ["post_on_x", "send", 4, "external"],
    ["TwitterAPI.comment", "send", 4, "external"],
    ["s3.client.upload_file", "send", 4, "external"],
    ["create_instagram_post", "send", 4, "external"],
    ["flight_book", "book", 4, "none"],
    ["TradingBot.place_order", "book", 4, "none"],
    ["cancel_pending_order", "change", 5, "none"],
    ["modify_user_address", "change", 6, "none"],
    ["GorillaFileSystem.rm", "remove", 6, "none"],
    ["user.delete", "remove", 7, "none"],
    ["delete_all_backups", "remove", 8, "none"],
    ["make_online_purchases", "buy", 6, "none"],
    ["MessageAPI.message_login", "sign_in", 6, "none"],
    ["paypal_transfer", "pay", 7, "external"],
    ["make_payment", "pay", 7, "external"],
    ["update_scheduled_transaction", "pay", 7, "external"],
    ["transfer_to_human_agents", "delegate", 6, "none"],
    ["call_agent", "delegate", 6, "none"],
    ["reset_password", "change", 8, "none"],
    ["sql.execute", "execute", 8, "none"],
    ["./run.sh", "execute", 8, "none"],
    ["iam.client.create_role", "store", 9, "store"],
    ["grant_app_permission", "administer", 9, "none"],
    ["modelos", "unknown", 1, "none"],
  ] as const)("%s: %s, privilege %i, to %s", (name, action, privilege, destination) => {
    expect(toToolTraits(name)).toMatchObject({ action, privilege, destination });
  });

  it("only what runs or hands over is control flow", () => {
    const flows = [
      "sql.execute",
      "terminal",
      "run_script",
      "call_agent",
      "invoke_custom_function",
      "send_email",
      "run_test",
    ];
    expect(flows.map((name) => toToolTraits(name).controlFlow)).toEqual([1, 1, 1, 0.5, 0.5, 0, 0]);
  });

  it("privileges stay within 0 to 10 and rise with the class", () => {
    for (const action of ACTIONS) {
      expect(ACTION_WORDS[action].privilege).toBeGreaterThanOrEqual(0);
      expect(ACTION_WORDS[action].privilege).toBeLessThanOrEqual(10);
    }
    const classes = ["read", "store", "remove", "administer"] as const;
    const privileges = classes.map((action) => ACTION_WORDS[action].privilege);
    expect(privileges).toEqual([...privileges].sort((a, b) => a - b));
  });

  it("no word is two verbs", () => {
    for (const list of ["verbs", "nounsToo"] as const) {
      const words = ACTIONS.flatMap((action) => ACTION_WORDS[action][list].split(" ").filter(Boolean));
      expect(words.filter((word, i) => words.indexOf(word) !== i)).toEqual([]);
    }
  });

  it.each([
    ...["get_webpage", "search_hotels", "query_google_search", "get_weather", "latest_for_suivi_colis", "read_file"],
    ...["book_flight", "find_user_id_by_email", "calculate_bmi", "fetch_law_case_details", "search_messages", "browse"],
  ])("%s brings in outside content exactly where Tier I's tiers say so", (name) => {
    expect(toToolTraits(name).reach === "outside").toBe(isRetrieval(name, {}, undefined));
  });
});

describe("arguments", () => {
  const send = toToolTraits("send_email");
  const read = toToolTraits("find_user");

  it.each([
    ["to", "recipient", "target"],
    ["bcc", "recipient", "target"],
    ["receiver_id", "recipient", "target"],
    ["user", "recipient", "target"],
    ["to_account", "account", "account"],
    ["from_account", "other", "other"],
    ["callback_url", "url", "url"],
    ["fileName", "path", "path"],
    ["order_id", "id", "id"],
    ["item_ids", "id", "id"],
    ["sql", "code", "code"],
    ["agent_name", "delegate", "delegate"],
    ["access_token", "credential", "credential"],
    ["max_tokens", "other", "other"],
    ["max_results", "limit", "limit"],
    ["num_photos", "limit", "limit"],
    ["days", "days", "days"],
    ["day", "other", "other"],
    ["start_date", "start", "start"],
    ["dateTo", "end", "end"],
    ["maxDepth", "depth", "depth"],
    ["columns", "fields", "fields"],
    ["body", "payload", "payload"],
    ["zip_code", "other", "other"],
    ["amount", "amount", "amount"],
  ])("%s is %s where something is sent, %s where it is read", (name, sending, reading) => {
    expect([toArgumentKind(send, name), toArgumentKind(read, name)]).toEqual([sending, reading]);
  });

  it("what a command is given is code", () => {
    expect(toArgumentKind(toToolTraits("run_script"), "text")).toBe("code");
  });

  it("control arguments are those that say where, to whom, on what, or what runs", () => {
    expect(
      ["recipient", "target", "account", "url", "path", "id", "code", "delegate"].every((kind) =>
        isControlKind(kind as never),
      ),
    ).toBe(true);
    expect(
      ["payload", "limit", "days", "fields", "credential", "other"].some((kind) => isControlKind(kind as never)),
    ).toBe(false);
  });

  it.each([
    ["user_password", 5],
    ["cardNumber", 4],
    ["email", 3],
    ["order_id", 2],
    ["title", 1],
  ])("a field %s is of level %i", (field, level) => {
    expect(toFieldSensitivity(field)).toBe(level);
  });
});

it("the lexicon has a version and a digest over all of it", () => {
  expect(LEXICON_VERSION).toBe(1);
  expect(LEXICON_DIGEST).toMatch(/^sha256:[0-9a-f]{64}$/);
});
