// Writes the entries of all artifact fixtures into a folder, as inputs of fuzz_artifact: `all/` with the
// artifact's id before the bytes, `<id>/` without.
#include "support/fixture.hpp"

#include <cstdio>
#include <fstream>

int main(int argc, char** argv)
{
    if (argc != 2) {
        std::fputs("usage: artifact_corpus FOLDER\n", stderr);
        return 2;
    }
    std::filesystem::path const folder { argv[1] };
    for (auto const& fixture : exhibit::test::load_fixtures()) {
        if (fixture.artifact == nullptr)
            continue;
        auto name = fixture.name;
        name[name.find('/')] = '.';
        auto const id = std::string { fixture.artifact->id };
        std::filesystem::create_directories(folder / "all");
        std::filesystem::create_directories(folder / id);
        std::ofstream { folder / "all" / name, std::ios::binary } << id << '\n' << fixture.main;
        std::ofstream { folder / id / name, std::ios::binary } << fixture.main;
    }
    return 0;
}
