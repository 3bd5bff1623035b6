#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace exhibit::android::sensor_use {
namespace {

struct CameraUse {
    Time happened;
    std::string action;
    std::optional<std::string> camera;
    std::optional<std::string> package;
    std::optional<std::int64_t> pid;
    std::optional<std::string> detail;
};

constexpr std::array kCameraColumns {
    column<&CameraUse::happened>(
        "happened", Clock::local_text, "When; the device writes no year, it is taken from the dump's date."),
    column<&CameraUse::action>("action", Is::opaque,
        "`connect`, `disconnect`, `died`, `reject`, or `evict` when another app took the camera away."),
    column<&CameraUse::camera>(
        "camera", Is::opaque, "Number of the camera; usually 0 is at the back, 1 at the front."),
    column<&CameraUse::package>("package", Is::app_id, "Package that used it."),
    column<&CameraUse::pid>("pid", "Process id."),
    column<&CameraUse::detail>("detail", Is::opaque, "The rest of the line."),
};
constexpr std::array kCameraEvents { Event {
    "happened", "camera", "camera {camera}: {action} by {package}" } };
constexpr auto kCameraUses = table<CameraUse>("android_camera_use",
    "One row per line of the camera service's log: about the last hundred since the last start.",
    Relation::executed, kCameraColumns, kCameraEvents);

struct Recording {
    Time happened;
    std::string action;
    std::string package;
    std::optional<std::int64_t> uid;
    std::string source;
    std::optional<bool> silenced;
    std::optional<std::int64_t> recording_id;
};

constexpr std::array kRecordingColumns {
    column<&Recording::happened>(
        "happened", Clock::local_text, "When; the device writes no year, it is taken from the dump's date."),
    column<&Recording::action>("action", Is::opaque, "`start`, `stop`, `update` or another as printed."),
    column<&Recording::package>("package", Is::app_id, "Package that recorded."),
    column<&Recording::uid>("uid", "Its Linux user id."),
    column<&Recording::source>("source", Is::opaque,
        "`MIC`, `CAMCORDER`, `VOICE_RECOGNITION`; `VOICE_CALL`, `VOICE_UPLINK` and `VOICE_DOWNLINK` are "
        "phone calls."),
    column<&Recording::silenced>("silenced", "Whether the system gave it silence."),
    column<&Recording::recording_id>("recording_id", "Number of the recording."),
};
constexpr std::array kRecordingEvents { Event {
    "happened", "recording", "recording from {source}: {action} by {package}" } };
constexpr auto kRecordings = table<Recording>("android_recording",
    "One row per line of the audio service's log of recordings since the last start.", Relation::executed,
    kRecordingColumns, kRecordingEvents);

struct Projection {
    std::string package;
    std::string detail;
};

constexpr std::array kProjectionColumns {
    column<&Projection::package>("package", Is::app_id, "Package that records the screen."),
    column<&Projection::detail>("detail", Is::opaque, "The line as printed."),
};
constexpr auto kProjections = table<Projection>("android_screen_projection",
    "One row per app that recorded or sent the screen at the moment of the acquisition.", Relation::executed,
    kProjectionColumns);

constexpr std::array<std::string_view, 5> kCameraActions { "connect", "disconnect", "died", "reject",
    "evict" };

/// `05-01 10:11:12 : CONNECT device 0 client for package com.example (PID 4242, priority 0) for Camera API 2`
std::optional<CameraUse> read_camera_line(std::string_view text, DeviceClock const& clock)
{
    auto const colon = text.find(" : ");
    if (colon == text.npos || colon < 14 || text[2] != '-')
        return std::nullopt;
    CameraUse use;
    use.happened = log_time(trim(text.substr(0, colon)), clock);
    auto rest = text.substr(colon + 3);
    use.action = to_lower(take_word(rest));
    if (std::ranges::find(kCameraActions, use.action) == kCameraActions.end())
        return std::nullopt;
    auto const whole = rest;
    if (eat(rest, "device "))
        use.camera = take_word(rest);
    if (auto const at = whole.find("package "); at != whole.npos) {
        auto package = whole.substr(at + 8);
        use.package = take_word(package);
    }
    if (auto const pid = whole.find("PID "); pid != whole.npos)
        use.pid = leading_integer(whole.substr(pid + 4));
    use.detail = whole;
    return use;
}

Result<void> parse_camera(Input const& input, Context& context)
{
    SectionReader lines { input, context };
    auto const clock = clock_of_section(input);
    for (Line line; lines.next(line);)
        if (auto const use = read_camera_line(trim(line.text), clock))
            EXHIBIT_TRY(context.add(kCameraUses, *use, Origin { line.offset }));
    return lines.result();
}

/// `05-01 10:11:12:345 rec start riid:47 uid:10231 session:129 src:MIC not silenced pack:com.example`
std::optional<Recording> read_recording(std::string_view text, DeviceClock const& clock)
{
    auto const at = text.find(" rec ");
    if (at == text.npos || at < 14 || text[2] != '-')
        return std::nullopt;
    Recording row;
    std::string moment { trim(text.substr(0, at)) };
    if (moment.size() > 14 && moment[14] == ':')
        moment[14] = '.'; // The log puts a colon before the milliseconds.
    row.happened = log_time(moment, clock);
    auto rest = text.substr(at + 5);
    row.action = take_word(rest);
    row.silenced
        = rest.contains("silenced") ? std::optional { !rest.contains("not silenced") } : std::nullopt;
    while (!rest.empty()) {
        auto value = take_word(rest);
        auto const key = take_until(value, ':');
        if (key == "riid")
            row.recording_id = to_integer(value);
        else if (key == "uid")
            row.uid = to_integer(value);
        else if (key == "src")
            row.source = value;
        else if (key == "pack")
            row.package = value;
    }
    return row;
}

Result<void> parse_audio(Input const& input, Context& context)
{
    SectionReader lines { input, context };
    auto const clock = clock_of_section(input);
    for (Line line; lines.next(line);)
        if (auto const row = read_recording(trim(line.text), clock))
            EXHIBIT_TRY(context.add(kRecordings, *row, Origin { line.offset }));
    return lines.result();
}

/// Below `Media Projection:` stands `null`, or a package in brackets with its user id.
Result<void> parse_projection(Input const& input, Context& context)
{
    SectionReader lines { input, context };
    for (Line line; lines.next(line);) {
        auto const text = trim(line.text);
        auto words = text;
        (void)eat(words, "(");
        auto const package = words.substr(0, words.find_first_of(", )"));
        if (is_package_name(package))
            EXHIBIT_TRY(context.add(kProjections,
                Projection { std::string { package }, std::string { text } }, Origin { line.offset }));
    }
    return lines.result();
}

Result<void> parse(Input const& input, Context& context)
{
    if (input.path.ends_with("media.camera"))
        return parse_camera(input, context);
    return input.path.ends_with("audio") ? parse_audio(input, context) : parse_projection(input, context);
}

constexpr std::array<std::string_view, 3> kPaths { "@dumpsys/media.camera", "@dumpsys/audio",
    "@dumpsys/media_projection" };
constexpr std::array<Table const*, 3> kTables { &kCameraUses, &kRecordings, &kProjections };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.sensor_use",
    .title = "Camera, microphone and screen recordings",
    .doc = "What the services for camera, audio and screen recording logged since the last start: short "
           "logs, which "
           "busy phones overwrite within hours. Times are the device's wall clock without a year.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::sensor_use
