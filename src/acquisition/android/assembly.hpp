#pragma once

#include "acquisition/acquisition.hpp"
#include "acquisition/android/part.hpp"

#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace exhibit::android {

/// What an acquisition is put together from while it is opened.
struct Assembly {
    AcquisitionKind kind = AcquisitionKind::android_bugreport;
    std::string what; ///< for the person: `Android bug report`
    std::string form; ///< of the container
    std::vector<std::unique_ptr<Part>> parts;
    std::vector<Fact> facts;
    std::vector<Problem> problems;

    void warn(Fault fault, std::string message, std::string stored);
    /// The same where entries may be among what could not be read.
    void lose(Fault fault, std::string message, std::string stored);
    /// The same for what is worth knowing and is no damage.
    void tell(Fault fault, std::string message, std::string stored);
};

/// Any Android acquisition: parts, and what is known of the device.
class AndroidAcquisition final : public Acquisition {
public:
    explicit AndroidAcquisition(Assembly assembly)
        : m_assembly(std::move(assembly))
    {
    }

    [[nodiscard]] AcquisitionKind kind() const override { return m_assembly.kind; }
    [[nodiscard]] std::string description() const override;
    [[nodiscard]] std::vector<Fact> facts() const override;
    [[nodiscard]] Result<void> visit(EntryVisitor const& visitor) const override;
    [[nodiscard]] Result<std::unique_ptr<Source>> open(Entry const& entry) const override;
    [[nodiscard]] bool unpacks(Entry const& entry) const override;
    [[nodiscard]] bool is_cut(Entry const& entry) const override;
    [[nodiscard]] std::vector<Problem> problems() const override;

private:
    Assembly m_assembly;
};

} // namespace exhibit::android
