import { expect, it } from "vitest";
import { toUserName } from "../../src/cli/user-name.ts";

it("names the user", () => expect(toUserName(() => ({ username: "ravi" }))).toBe("ravi"));

it("gives the number of a user whom the machine has no name for", () => {
  const read = () => {
    throw new Error("A system error occurred: uv_os_get_passwd returned ENOENT (no such file or directory)");
  };
  expect(toUserName(read)).toBe(`user ${process.getuid?.()}`);
});
