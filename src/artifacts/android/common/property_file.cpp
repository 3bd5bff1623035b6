#include "artifacts/android/common/property_file.hpp"

#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "formats/protobuf/wire.hpp"

#include <string>

namespace exhibit::android {
namespace {

using Visit = std::function<Result<void>(std::string_view, std::string_view, Origin)>;

// A value has at most 92 bytes, read-only ones a few thousand.
constexpr std::size_t kLongestValue = 64U << 10U;
constexpr std::size_t kLargestPersistent = 4U << 20U;

/// `name=value`, a line each.
Result<void> read_build(Input const& input, Context& context, Visit const& visit)
{
    LineReader lines { *input.source, context.limits().text };
    for (Line line; lines.next(line);) {
        auto value = trim(line.text);
        auto const name = take_until(value, '=');
        if (!name.empty() && !name.starts_with('#') && !name.contains(' '))
            EXHIBIT_TRY(visit(name, value, Origin { line.offset }));
    }
    return lines.result();
}

/// PersistentProperties of init's persistent_properties.proto: field 1 is a property, with a name and a
/// value.
Result<void> read_persistent(Input const& input, Visit const& visit)
{
    auto const content = EXHIBIT_TRY(read_all(*input.source, kLargestPersistent));
    return protobuf::for_each_field(
        protobuf::MessageReader { content.bytes() }, [&](protobuf::Field const& field) -> Result<void> {
            if (field.number != 1 || field.wire != protobuf::Wire::bytes)
                return {};
            std::string_view name;
            std::string_view value;
            EXHIBIT_TRY(protobuf::for_each_field(
                protobuf::MessageReader { field }, [&](protobuf::Field const& part) -> Result<void> {
                    if (part.number == 1)
                        name = part.text();
                    else if (part.number == 2)
                        value = part.text();
                    return {};
                }));
            return name.empty() ? Result<void> {} : visit(name, value, Origin { field.offset });
        });
}

/// Lines `[name]: [value]`. A value may hold line breaks: it ends with the first line that ends in `]`.
class PropertyText {
public:
    PropertyText(Context& context, Visit const& visit)
        : m_context(context)
        , m_visit(visit)
    {
    }

    Result<void> add_line(Line const& line)
    {
        if (!m_open || (line.text.starts_with('[') && line.text.contains("]: [")))
            return begin(line);
        m_value += '\n';
        return add(line.text);
    }

    Result<void> finish()
    {
        if (m_open)
            m_context.note(Level::damage, Fault::truncated, "the text ends within a property", m_origin);
        return {};
    }

private:
    Result<void> begin(Line const& line)
    {
        if (m_open)
            m_context.note(Level::warning, Fault::malformed, "a property without an end", m_origin);
        auto const colon = line.text.starts_with('[') ? line.text.find("]: [") : line.text.npos;
        m_open = colon != line.text.npos;
        if (!m_open)
            return {};
        m_origin = Origin { line.offset };
        m_name = line.text.substr(1, colon - 1);
        m_value.clear();
        return add(line.text.substr(colon + 4));
    }

    Result<void> add(std::string_view text)
    {
        bool const ends = text.ends_with(']');
        m_value += ends ? text.substr(0, text.size() - 1) : text;
        if (!ends && m_value.size() < kLongestValue)
            return {};
        m_open = false;
        return m_visit(m_name, m_value, m_origin);
    }

    Context& m_context;
    Visit const& m_visit;
    std::string m_name;
    std::string m_value;
    bool m_open = false;
    Origin m_origin;
};

} // namespace

Result<void> for_each_property(Input const& input, Context& context, Visit const& visit)
{
    if (input.path.ends_with("/build.prop"))
        return read_build(input, context, visit);
    if (input.path.ends_with("/persistent_properties"))
        return read_persistent(input, visit);
    return read_section(input, context, PropertyText { context, visit });
}

} // namespace exhibit::android
