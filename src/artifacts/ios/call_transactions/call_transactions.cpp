#include "artifact/artifact.hpp"
#include "base/beginning.hpp"
#include "formats/plist/keyed_archive.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace exhibit::ios::call_transactions {
namespace {

using namespace std::string_view_literals;

struct CallTransaction {
    Time started;
    std::optional<std::string> number;
    std::optional<std::string> caller_id;
    std::optional<double> duration;
    std::optional<double> time_to_establish;
    std::optional<std::int64_t> call_status;
    std::optional<std::int64_t> handle_type;
    std::optional<std::int64_t> disconnected_cause;
    std::optional<std::string> unique_id;
};

constexpr std::array kColumns {
    column<&CallTransaction::started>("started", Clock::plist, "When the phone began to ring or to dial."),
    column<&CallTransaction::number>(
        "number", Is::handle, "The other side: a phone number, a mail address or an account of a service."),
    column<&CallTransaction::caller_id>("caller_id", Is::handle, "What the call was announced as."),
    column<&CallTransaction::duration>("duration", "Seconds that the two were connected."),
    column<&CallTransaction::time_to_establish>("time_to_establish", "Seconds until they were."),
    column<&CallTransaction::call_status>("call_status", "What became of the call, in the system's code."),
    column<&CallTransaction::handle_type>(
        "handle_type", "What `number` is: 1 an account, 2 a phone number, 3 a mail address."),
    column<&CallTransaction::disconnected_cause>(
        "disconnected_cause", "Why the call ended, in the system's code."),
    column<&CallTransaction::unique_id>("unique_id", Is::opaque,
        "The call's own UUID, which the system makes up; the call history has the same."),
};
constexpr std::array kEvents { Event { "started", "call", "call with {number}, {duration} s" } };
constexpr auto kTransactions = table<CallTransaction>("ios_call_transaction",
    "One row per call and other side that was handed on to the call history.", Relation::contacted, kColumns,
    kEvents);

constexpr std::size_t kMostParticipants = 1'000;

std::optional<double> number_of(plist::Object const& object)
{
    if (auto const real = object.as_real())
        return real;
    auto const integer = object.as_int();
    return integer ? std::optional { static_cast<double>(*integer) } : std::nullopt;
}

std::optional<std::string> text_of(plist::Object const& object)
{
    auto text = object.as_text();
    if (text)
        text->resize(beginning_of(*text).size());
    return text;
}

Result<void> add_call(plist::Object const& call, Origin origin, Context& context)
{
    CallTransaction row;
    if (auto date = call.find("date").as_date())
        row.started = *std::move(date);
    row.caller_id = text_of(call.find("callerId"));
    row.duration = number_of(call.find("duration"));
    row.time_to_establish = number_of(call.find("timeToEstablish"));
    row.call_status = call.find("callStatus").as_int();
    row.handle_type = call.find("handleType").as_int();
    row.disconnected_cause = call.find("disconnectedCause").as_int();
    row.unique_id = text_of(call.find("uniqueId"));
    auto const others = call.find("remoteParticipantHandles").elements();
    if (others.size() > kMostParticipants)
        context.note(Level::damage, Fault::over_limit,
            "a call has more sides than are read: the others were left out", origin);
    for (auto const& other : std::span { others }.first(std::min(others.size(), kMostParticipants))) {
        row.number = text_of(other.find("value"));
        EXHIBIT_TRY(context.add(kTransactions, row, origin));
    }
    return others.empty() ? context.add(kTransactions, row, origin) : Result<void> {};
}

Result<void> read_record(Bytes bytes, Origin origin, Context& context)
{
    auto const transaction = EXHIBIT_TRY(plist::KeyedArchive::parse(bytes, context.limits().depth));
    auto const record = transaction.root().find("record").as_data();
    if (!record)
        return fail(Fault::unsupported, "an entry holds no record of a call", origin.locator);
    auto const call = EXHIBIT_TRY(plist::KeyedArchive::parse(*record, context.limits().depth));
    return add_call(call.root(), origin, context);
}

Result<void> parse(Input const& input, Context& context)
{
    auto const content = EXHIBIT_TRY(read_all(*input.source, context.limits().whole_file));
    Reader reader { content.bytes() };
    while (reader.left() != 0) {
        Origin const origin { reader.offset() };
        auto const size = EXHIBIT_TRY(reader.little<std::uint32_t>());
        auto const bytes = EXHIBIT_TRY(reader.take(size));
        auto const read = read_record(bytes, origin, context);
        if (read)
            continue;
        if (context.ended())
            return read;
        context.note(Level::damage, read.error().fault, read.error().what, origin);
    }
    return {};
}

constexpr std::array kPaths { "/private/var/mobile/Library/CallHistoryTransactions/transaction*.log*"sv };
constexpr std::array<Table const*, 1> kTables { &kTransactions };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.call_transactions",
    .title = "Calls on their way to the call history",
    .doc = "Calls as they were handed on to the call history, also where they were deleted there. Read from "
           "transactions.log, which plain backups hold too.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::call_transactions
