#pragma once

namespace puente::main {

/// `puente rules-bundle SET`: writes a rule set as one document for CEL libraries; with --verdicts, --vectors or --examples instead the
/// gateway's own verdicts, one JSON object a line, for another engine to be held against.
int bundle(int argc, const char* const* argv);

}  // namespace puente::main
