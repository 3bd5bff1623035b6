#include "indicators/regex_list.hpp"

#include <re2/re2.h>

namespace exhibit::indicators {
namespace {

constexpr std::size_t kMostExpressions = 2000; // each is tried on each distinct value
constexpr std::size_t kLongestExpression = 4096;
constexpr std::int64_t kMemory = 1 << 20; // for one expression

// At worst each byte of a value costs a step for each instruction of each expression. Small ones cost a step
// in all: few states can come of them.
constexpr std::size_t kSmallProgram = 64;
constexpr std::size_t kMostInstructions = 40'000;

re2::StringPiece piece(std::string_view text)
{
    return { text.data(), text.size() };
}

} // namespace

RegexList::RegexList() = default;
RegexList::RegexList(RegexList&&) noexcept = default;
RegexList& RegexList::operator=(RegexList&&) noexcept = default;
RegexList::~RegexList() = default;

RegexList::Added RegexList::add(std::string_view expression, LetterCase letter_case, std::uint32_t indicator)
{
    if (m_entries.size() == kMostExpressions || expression.size() > kLongestExpression)
        return Added::too_costly;
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kMemory);
    options.set_case_sensitive(letter_case == LetterCase::sensitive);
    options.set_dot_nl(true);
    auto compiled = std::make_unique<re2::RE2>(piece(expression), options);
    if (!compiled->ok())
        return compiled->error_code() == re2::RE2::ErrorPatternTooLarge ? Added::too_costly
                                                                        : Added::not_compiled;
    auto const instructions = static_cast<std::size_t>(compiled->ProgramSize());
    if (instructions > kSmallProgram) {
        if (instructions > kMostInstructions - m_instructions)
            return Added::too_costly;
        m_instructions += instructions;
    }
    m_entries.push_back({ std::move(compiled), indicator });
    return Added::yes;
}

bool RegexList::is_found(re2::RE2 const& expression, std::string_view text)
{
    return re2::RE2::PartialMatch(piece(text), expression);
}

std::string regex_of_like(std::string_view like)
{
    std::string expression = "\\A";
    std::size_t literal = 0;
    for (std::size_t at = 0; at <= like.size(); ++at) {
        auto const end = at == like.size();
        if (!end && like[at] != '%' && like[at] != '_')
            continue;
        expression += re2::RE2::QuoteMeta(piece(like.substr(literal, at - literal)));
        if (!end)
            expression += like[at] == '%' ? ".*" : ".";
        literal = at + 1;
    }
    return expression + "\\z";
}

} // namespace exhibit::indicators
