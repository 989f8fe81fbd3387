import { utf8 } from "../../support/parquet-writer.ts";
import type { Random, Synthetic } from "../../support/synthetic.ts";
import { FIRST_NAMES, makeDay, makeEmail } from "../../support/words.ts";

const CITIES = ["İstanbul", "Iğdır", "Şırnak", "Çanakkale", "Muğla", "İzmir", "Ağrı"] as const;

type Wish = { query: string; name: string; values: Record<string, unknown> };

/** Parquet with JSON text in it; `answers` is null or an empty list where no tool fits. */
const synthetic: Synthetic = {
  dataset: "atasoglu/turkish-function-calling-20k",
  format: { kind: "parquet", columns: { query: utf8(), tools: utf8(), answers: utf8() } },
  files: [{ path: "data/train-{shard}-of-{shards}.parquet", config: "default", split: "train" }],
  sampleRows: 120,

  row(random) {
    const wishes = Array.from({ length: random.pick([1, 1, 1, 2]) }, () => makeWish(random));
    return {
      query: wishes.map(({ query }) => query).join(" Sonra: "),
      tools: JSON.stringify(wishes.map(({ name }) => ({ type: "function", function: { name, parameters: {} } }))),
      answers: JSON.stringify(
        wishes.map(({ name, values }) => ({
          type: "function",
          function: { name, arguments: random.chance(0.7) ? JSON.stringify(values) : values },
        })),
      ),
    };
  },

  oddRow(random, place) {
    const row = synthetic.row(random, place);
    return random.pick([
      { ...row, answers: null },
      { ...row, answers: "[]" },
      { ...row, answers: String(row.answers).slice(0, -2) },
    ]);
  },

  cases: [
    {
      name: "arguments as JSON text and as an object; letters stay as they are",
      row: {
        query: "Iğdır'da ışık kaç lira, İzmir'de kaç?",
        tools: "[]",
        answers:
          '[{"type":"function","function":{"name":"Işık_Ücreti","arguments":"{\\"şehir\\":\\"Iğdır\\",\\"İl\\":null}"}},' +
          '{"type":"function","function":{"name":"ışık_ücreti","arguments":{"şehir":"İzmir"}}}]',
      },
      draft: {
        request: "Iğdır'da ışık kaç lira, İzmir'de kaç?",
        nodes: [
          { tool: "Işık_Ücreti", arguments: { şehir: "Iğdır", İl: null } },
          { tool: "ışık_ücreti", arguments: { şehir: "İzmir" } },
        ],
        edges: "none",
      },
    },
    ...[null, "[]", ""].map((answers) => ({
      name: `answers ${JSON.stringify(answers)}`,
      row: { query: "Nasılsın?", tools: "[]", answers },
      drop: "no_tool_calls",
    })),
    { name: "answers cut off", row: { query: "Saat kaç?", answers: '[{"type":"func' }, throws: /expected a call/ },
    { name: "answers missing", row: { query: "Saat kaç?" }, invalid: /answers/ },
    { name: "query null", row: { query: null, answers: "[]" }, invalid: /query/ },
  ],
};

export default synthetic;

function makeWish(random: Random): Wish {
  const { int, pick } = random;
  const [city, day, who, amount] = [pick(CITIES), makeDay(random), pick(FIRST_NAMES), int(2, 900)];
  return pick<Wish>([
    { query: `${city} için ${day} günü hava nasıl?`, name: "hava_durumu", values: { şehir: city, gün: day } },
    { query: `${amount} doları liraya çevir.`, name: "döviz_çevir", values: { tutar: amount, hedef: "TRY" } },
    { query: `${who} için ${day} gününe hatırlatıcı kur.`, name: "hatirlatici_kur", values: { kişi: who, gün: day } },
    {
      query: `${who} için ${city} yolculuğunu e-posta ile bildir.`,
      name: "send_email",
      values: { recipient: makeEmail(random), subject: `${city} yolculuğu`, body: `${day} günü yola çıkıyoruz.` },
    },
    { query: `Işığı yüzde ${int(1, 99)} kıs, sonra kapat.`, name: "ışık_kapat", values: {} },
  ]);
}
