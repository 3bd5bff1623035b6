#pragma once

#include "acquisition/acquisition.hpp"

#include <map>
#include <string>
#include <vector>

namespace exhibit::test {

/// An acquisition whose files a test states, by canonical path.
class MemoryAcquisition final : public Acquisition {
public:
    MemoryAcquisition(AcquisitionKind kind, std::vector<std::pair<std::string, std::string>> files);

    [[nodiscard]] AcquisitionKind kind() const override { return m_kind; }
    [[nodiscard]] std::string description() const override { return "files of a test"; }
    [[nodiscard]] std::vector<Fact> facts() const override
    {
        return { { "device.product_version", "14.3" } };
    }
    [[nodiscard]] Result<void> visit(std::function<bool(EntryView const&)> const& visitor) const override;
    [[nodiscard]] Result<std::unique_ptr<Source>> open(Entry const& entry) const override;
    [[nodiscard]] bool unpacks(Entry const& entry) const override { return entry.path.starts_with(m_packed); }
    [[nodiscard]] std::vector<Problem> problems() const override { return {}; }

    /// Says of what lies below this that it has to be unpacked.
    void set_packed(std::string folder) { m_packed = std::move(folder); }

    /// Lists this one and does not hold it.
    void set_missing(std::string path) { m_missing = std::move(path); }

private:
    AcquisitionKind m_kind;
    std::vector<std::pair<std::string, std::string>> m_files;
    std::string m_packed = "nothing";
    std::string m_missing;
};

} // namespace exhibit::test
