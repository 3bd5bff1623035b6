#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <string_view>

namespace exhibit::cli {

/// How the validator of an option with a few words is called: this, and the words behind it, for the scripts
/// that complete them.
constexpr std::string_view kWordsOfOption = "words: ";

/// A validator that takes some words. It does not describe itself: help would show the words twice.
template<typename Words> CLI::Validator one_of(Words const& words, std::string const& list)
{
    return CLI::IsMember(words).description("").name(std::string { kWordsOfOption } + list);
}

/// Names what an option may take, for the scripts that complete it; what is no such word is told of later.
inline void suggest(CLI::Option* option, std::string const& list)
{
    option->check(CLI::Validator {
        [](std::string&) { return std::string {}; }, "", std::string { kWordsOfOption } + list });
}

/// Lets an option take one of a few words, each of which stands for a value. Checked by a validator of its
/// own: the one that also translates would name the values in its message.
template<typename Value> CLI::Option* choose(CLI::Option* option, std::map<std::string, Value> const& words)
{
    std::string list;
    for (auto const& [word, value] : words)
        list += (list.empty() ? "" : " ") + word;
    return option->transform(CLI::Transformer(words).description(""))->transform(one_of(words, list));
}

} // namespace exhibit::cli
