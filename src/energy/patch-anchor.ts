import { type Anchor, type ContextPatch, GRANT_KINDS, type GrantKind } from "../schema/anchor.ts";

const SCOPE_PATH = /^minimal_scope\.(limit|days|depth|sensitivity)$/;
const GRANT_PATH = /^(?:policy\.)?grants\.([a-z_]+)$/;

/**
 * An anchor with a decoy's context patch: `minimal_scope.limit` and its like with a number; `grants.recipients` and its like
 * with `"+value"` for each value that it grants beside the others. The anchor itself stays as it is. Throws TypeError on any
 * other path or value: a patch that is not understood must not pass for one that changes nothing.
 */
export function patchAnchor(anchor: Anchor, patch: ContextPatch): Anchor {
  let patched = anchor;
  for (const path of Object.keys(patch)) {
    const value = patch[path];
    const [, dimension] = SCOPE_PATH.exec(path) ?? [];
    const [, grant] = GRANT_PATH.exec(path) ?? [];
    if (dimension !== undefined && typeof value === "number") {
      patched = { ...patched, minimal_scope: { ...patched.minimal_scope, [dimension]: value } };
    } else if (grant !== undefined && Object.hasOwn(anchor.policy.grants, grant) && Array.isArray(value)) {
      patched = addGrants(patched, grant as keyof Anchor["policy"]["grants"], value);
    } else {
      throw new TypeError(
        `context patch: ${path} = ${JSON.stringify(value)} is no patch. Known are minimal_scope.<limit|days|depth|sensitivity> with a number and grants.<kind> with a list of "+value".`,
      );
    }
  }
  return patched;
}

function addGrants(anchor: Anchor, grant: keyof Anchor["policy"]["grants"], added: readonly string[]): Anchor {
  const values = added.map((value) => {
    if (value.startsWith("+")) return value.slice(1);
    throw new TypeError(
      `context patch: grants.${grant} holds ${JSON.stringify(value)}; a value to add begins with "+".`,
    );
  });
  const { grants, evidence } = anchor.policy;
  const policy = { ...anchor.policy, grants: { ...grants, [grant]: [...grants[grant], ...values] } };
  if (GRANT_KINDS.includes(grant as GrantKind)) {
    const kind = grant as GrantKind;
    policy.evidence = { ...evidence, [kind]: [...evidence[kind], ...values.map(() => "patch" as const)] };
  }
  return { ...anchor, policy };
}
