import { hash } from "node:crypto";
import { toCanonicalJson } from "../schema/canonical-json.ts";
import * as lexiconArguments from "./lexicon-arguments.ts";
import * as lexiconRequest from "./lexicon-request.ts";
import * as lexiconSources from "./lexicon-sources.ts";
import * as lexiconTools from "./lexicon-tools.ts";
import * as weights from "./weights.ts";

/** Moves when the same words would be understood differently: when a rule changes that reads them. */
export const LEXICON_VERSION = 1;

/**
 * `sha256:` and 64 hex digits over the version, all words and all weights. Records carry it: energies of two lexicons are not
 * compared unnoticed.
 */
export const LEXICON_DIGEST = `sha256:${hash(
  "sha256",
  toCanonicalJson({
    version: LEXICON_VERSION,
    tools: { ...lexiconTools },
    sources: { ...lexiconSources },
    arguments: { ...lexiconArguments },
    request: { ...lexiconRequest },
    weights: { ...weights },
  }),
  "hex",
)}`;
