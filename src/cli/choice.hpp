#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>

namespace exhibit::cli {

/// Lets an option take one of a few words, each of which stands for a value. Checked by a validator of its
/// own: the one that also translates would name the values in its message.
template<typename Value> CLI::Option* choose(CLI::Option* option, std::map<std::string, Value> const& words)
{
    return option->transform(CLI::Transformer(words).description(""))
        ->transform(CLI::IsMember(words).description(""));
}

} // namespace exhibit::cli
