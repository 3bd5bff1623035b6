#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace exhibit::indicators {

/// Finds the links of the web that another link carries in its path, query or fragment, as they are or with
/// percent escapes, also where the carrier was escaped with them: `?u=https%3A//a.example`,
/// `/http://b.example/`. A link ends where the next part of the query begins.
class CarriedLinks {
public:
    explicit CarriedLinks(std::string_view carrier)
        : m_carrier(may_carry(carrier) ? carrier : std::string_view {})
    {
    }

    /// The next one, without the escapes of its carriers. Returns false at the end, or after many.
    bool next(std::string& link);

private:
    /// Most links hold neither a colon nor an escape.
    static bool may_carry(std::string_view carrier) { return carrier.contains(':') || carrier.contains('%'); }

    std::string_view m_carrier;
    std::size_t m_from = 1; ///< never the carrier itself
    unsigned m_found = 0;
};

} // namespace exhibit::indicators
