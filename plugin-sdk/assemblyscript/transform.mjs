// Gives exports the contract's names, which are no identifiers: `filter_onProduce` becomes
// `sluicegate:plugin/filter@0.1.0#on-produce`, and `post_…` is what the host calls when it has read
// the answer.

const ROLES = "lifecycle|authenticator|filter|router|partitioner|transcoder";
const OURS = new RegExp(`^(post_)?(${ROLES})_(\\w+)$`);

/** The contract's name for an export of `exports/`; null for any other. */
function contractName(name) {
  const [ours, post, role, method] = OURS.exec(name) ?? [];
  if (!ours) return null;
  const kebab = method.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return `${post ? "cabi_post_" : ""}sluicegate:plugin/${role}@0.1.0#${kebab}`;
}

export default class ContractNames {
  afterCompile(module) {
    const exports = Array.from({ length: module.getNumExports() }, (_, index) =>
      this.binaryen.getExportInfo(module.getExportByIndex(index)),
    );
    for (const { name, value } of exports) {
      const renamed = contractName(name);
      if (!renamed) continue;
      module.removeExport(name);
      module.addFunctionExport(value, renamed);
    }
  }
}
