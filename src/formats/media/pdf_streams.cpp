#include "formats/media/pdf_streams.hpp"

#include "base/text.hpp"
#include "formats/media/kind.hpp"
#include "formats/media/pdf_filters.hpp"
#include "formats/media/pdf_syntax.hpp"

#include <algorithm>
#include <array>

namespace exhibit::media {
namespace {

constexpr std::size_t kMostObjects = 2'000'000;
constexpr std::size_t kMostPackedObjects = 200'000;
constexpr std::size_t kLongestPackedObject = 256;
constexpr std::size_t kMostFilters = 32;
constexpr std::size_t kNearby = 4096; ///< where a dictionary is looked for that belongs to no object
constexpr std::size_t kMostCandidates = 32;

/// Makes `at` the place of the first of what fits before it.
template<typename Fits> bool back_over(std::string_view text, std::size_t& at, Fits const& fits)
{
    auto const before = at;
    while (at != 0 && fits(text[at - 1]))
        --at;
    return at != before;
}

/// The number in `12 0 obj`, whose last word begins at `word`.
std::optional<std::uint64_t> number_before(std::string_view text, std::size_t word)
{
    auto at = word;
    back_over(text, at, is_pdf_blank);
    if (!back_over(text, at, is_digit) || !back_over(text, at, is_pdf_blank))
        return std::nullopt;
    auto const end = at;
    if (!back_over(text, at, is_digit))
        return std::nullopt;
    return pdf_number(text.substr(at, end - at));
}

/// Where the data begins behind the word `stream`: on the next line.
std::optional<std::size_t> start_of_data(std::string_view text, std::size_t at)
{
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t'))
        ++at;
    auto const after = text.substr(at, 2);
    if (after == "\r\n")
        return at + 2;
    return after.starts_with('\n') || after.starts_with('\r') ? std::optional { at + 1 } : std::nullopt;
}

bool is_end(std::string_view text)
{
    return text.substr(skip_pdf_blanks(text, 0)).starts_with("endstream");
}

bool makes_pictures(std::string_view filter)
{
    constexpr std::array<std::string_view, 6> all { "DCTDecode", "DCT", "JPXDecode", "CCITTFaxDecode", "CCF",
        "JBIG2Decode" };
    return std::ranges::find(all, filter) != all.end();
}

} // namespace

bool is_pdf(Bytes head)
{
    return as_text(head).substr(0, kHeadSize).contains("%PDF-");
}

PdfStreams::PdfStreams(Bytes file, PdfLimits const& limits)
    : m_text(as_text(file))
    , m_file(file)
    , m_limits(limits)
    , m_left(limits.unpacked_in_all)
    , m_look_left(limits.looked_at)
{
    index_objects();
    find_streams();
    find_trailers();
    set_ends();
}

void PdfStreams::index_objects()
{
    for (auto at = m_text.find("obj"); at != m_text.npos && m_objects.size() < kMostObjects;
        at = m_text.find("obj", at + 3))
        if (auto const number = number_before(m_text, at)) {
            m_objects.push_back({ at + 3, *number });
            m_last_of_number[*number] = at + 3;
        }
}

void PdfStreams::find_streams()
{
    // What looks like the data of a stream is looked through as well: its length may be a lie.
    for (auto at = m_text.find("stream"); at != m_text.npos; at = m_text.find("stream", at + 6)) {
        if (m_text.substr(0, at).ends_with("end"))
            continue;
        auto const start = start_of_data(m_text, at + 6);
        if (start && !add_stream(at, *start))
            ++m_unread;
    }
}

/// Every dictionary that ends before `word` and begins where an object does, or at a bracket behind that:
/// brackets in strings make it ambiguous which is meant. False when a dictionary is there that cannot be
/// read.
bool PdfStreams::add_stream(std::size_t word, std::size_t start)
{
    auto const object = std::ranges::lower_bound(m_objects, word, {}, &Place::at);
    std::size_t first = word - std::min(word, kNearby);
    std::size_t found = 0;
    auto const add = [&](std::size_t at, std::uint64_t number) {
        if (m_streams.size() == m_limits.streams || !read_dictionary(at, word, number))
            return false;
        m_streams.back().data = m_file.subspan(start);
        ++found;
        return true;
    };
    constexpr std::ptrdiff_t most_objects = 4;
    for (auto i = object; i != m_objects.begin() && object - i < most_objects;) {
        --i;
        if (add(i->at, i->number))
            first = std::max(first, skip_pdf_blanks(m_text, i->at) + 1);
    }
    std::size_t candidates = 0;
    auto const near = m_text.substr(first, word - first);
    for (auto at = near.rfind("<<"); at != near.npos && candidates < kMostCandidates;
        at = at == 0 ? near.npos : near.rfind("<<", at - 1), ++candidates)
        add(first + at, 0);
    auto end = word;
    back_over(m_text, end, is_pdf_blank);
    return found != 0 || !m_text.substr(0, end).ends_with(">>");
}

/// Adds a stream when the dictionary at `at` is right before `word`.
std::optional<std::size_t> PdfStreams::read_dictionary(std::size_t at, std::size_t word, std::uint64_t number)
{
    if (m_look_left == 0)
        return std::nullopt;
    auto const before = m_text.substr(0, word);
    auto const begin = skip_pdf_blanks(before, at);
    m_look_left -= std::min(begin - at, m_look_left);
    if (!before.substr(begin).starts_with("<<") || word - begin > m_look_left)
        return std::nullopt;
    auto object = read_pdf_object(before, begin, m_limits.dictionary);
    m_look_left -= object ? object->end - begin : std::min(word - begin, m_look_left);
    if (!object || skip_pdf_blanks(before, object->end) != word)
        return std::nullopt;
    m_encrypted = m_encrypted || !pdf_value(object->text, "/Encrypt").empty();
    m_streams.push_back({ number, std::move(object->text), {} });
    return object->end;
}

void PdfStreams::find_trailers()
{
    for (auto at = m_text.find("trailer"); at != m_text.npos && !m_encrypted;
        at = m_text.find("trailer", at + 7)) {
        auto const trailer = read_within(m_text.substr(at + 7), m_limits.dictionary);
        m_encrypted = trailer && !pdf_value(trailer->text, "/Encrypt").empty();
    }
}

/// An object at the front of `text`, of no more than `most` bytes in the file.
std::optional<PdfObject> PdfStreams::read_within(std::string_view text, std::size_t most)
{
    text = text.substr(0, std::min(most, m_look_left));
    auto object = read_pdf_object(text, 0, most);
    m_look_left -= object ? object->end : text.size();
    return object;
}

/// By the stated length where `endstream` follows it.
void PdfStreams::set_ends()
{
    auto const last_end = m_text.rfind("endstream");
    for (auto& stream : m_streams) {
        auto const value = resolved(pdf_value(stream.dictionary, "/Length"));
        auto const length = pdf_number(value.value_or(""));
        auto const start = m_file.size() - stream.data.size();
        if (length && *length <= stream.data.size() && is_end(m_text.substr(start + *length, 32))) {
            stream.data = stream.data.first(*length);
            stream.end_is_sure = true;
        } else {
            stream.is_cut = last_end == m_text.npos || start > last_end;
        }
    }
}

std::optional<std::string> PdfStreams::resolved(std::string_view value)
{
    auto const number = pdf_reference(value);
    if (number == 0)
        return std::string { value };
    if (auto const found = m_last_of_number.find(number); found != m_last_of_number.end()) {
        auto object = read_within(m_text.substr(found->second), m_limits.dictionary);
        return object ? std::optional { std::move(object->text) } : std::nullopt;
    }
    if (!m_object_streams_read)
        read_object_streams();
    auto const found = m_packed_objects.find(number);
    return found == m_packed_objects.end() ? std::nullopt : std::optional { found->second };
}

/// Nothing when it cannot be told what they are.
std::optional<std::vector<std::string>> PdfStreams::filters_of(PdfStream const& stream)
{
    auto const value = resolved(pdf_value(stream.dictionary, "/Filter"));
    if (!value)
        return std::nullopt;
    std::vector<std::string> out;
    auto const words = pdf_words(*value, kMostFilters * 3);
    for (std::size_t i = 0; i < words.size(); ++i) {
        auto word = std::string { words[i] };
        if (word == "null")
            continue;
        if (!word.starts_with('/')) {
            if (words.size() - i < 3 || words[i + 2] != "R")
                return std::nullopt;
            auto const name = resolved(word + " 0 R");
            if (!name || !name->starts_with('/'))
                return std::nullopt;
            word = *name;
            i += 2;
        }
        out.push_back(word.substr(1));
    }
    return out.size() <= kMostFilters ? std::optional { out } : std::nullopt;
}

PdfContent PdfStreams::content(PdfStream const& stream)
{
    PdfContent content;
    content.data = stream.data;
    auto const filters = filters_of(stream);
    content.is_whole = filters.has_value() && !stream.is_cut;
    if (!filters)
        return content;
    // Steps from row to row of a picture, and codes in a rarer order, are not undone.
    auto const parameters = resolved(pdf_value(stream.dictionary, "/DecodeParms")).value_or("");
    bool const stepped = parameters.contains("/Predictor ") && !parameters.contains("/Predictor 1 ");
    if (parameters.contains("/EarlyChange 0")
        || (stepped
            && (std::ranges::find(*filters, "JBIG2Decode") != filters->end()
                || stream.dictionary.contains("/Length1"))))
        content.is_whole = false;
    auto const picture = std::ranges::find_if(*filters, makes_pictures);
    if (picture != filters->end() && *picture != "JBIG2Decode") {
        content.filter = *picture;
        return content;
    }
    for (auto const& filter : *filters) {
        if (filter == "Crypt") // Of files that are encrypted as a whole; by itself it changes nothing.
            continue;
        if (makes_pictures(filter)) {
            content.filter = filter;
            break;
        }
        auto const most = std::min(m_limits.unpacked, m_left);
        auto const there = std::min(content.data.size(), m_look_left);
        auto undone = undo_pdf_filter(filter, content.data.first(there), most);
        if (!undone || undone->bytes.size() >= most || (there == m_look_left && undone->used >= there))
            content.is_whole = false;
        if (!undone)
            break;
        m_left -= std::min(m_left, undone->bytes.size());
        m_look_left -= std::min(m_look_left, undone->used);
        content.unpacked = std::move(undone->bytes);
        content.data = content.unpacked;
    }
    return content;
}

void PdfStreams::read_object_streams()
{
    m_object_streams_read = true;
    for (auto const& stream : m_streams)
        if (pdf_value(stream.dictionary, "/Type").starts_with("/ObjStm"))
            read_object_stream(stream);
}

/// Pairs of a number and a place behind `/First`, then the objects.
void PdfStreams::read_object_stream(PdfStream const& stream)
{
    auto const content = this->content(stream);
    auto const text = as_text(content.data);
    auto const first = pdf_number(pdf_value(stream.dictionary, "/First"));
    if (!first)
        return;
    auto next = [&, at = std::size_t { 0 }]() mutable -> std::optional<std::uint64_t> {
        auto const word = read_pdf_object(text.substr(0, *first), at, 16);
        at = word ? word->end : text.size();
        return word ? pdf_number(word->text) : std::nullopt;
    };
    while (m_packed_objects.size() < kMostPackedObjects) {
        auto const number = next();
        auto const offset = next();
        if (!number || !offset)
            return;
        if (*offset < text.size() && *first < text.size() - *offset)
            if (auto object = read_within(text.substr(*first + *offset), kLongestPackedObject))
                m_packed_objects[*number] = std::move(object->text);
    }
}

} // namespace exhibit::media
