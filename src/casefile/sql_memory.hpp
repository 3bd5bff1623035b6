#pragma once

namespace exhibit::casefile {

/// Both are to be called before any database is opened, while no other thread runs.

/// SQLite counts its memory otherwise, for nobody, under a lock that all threads take at each allocation.
void spare_counting_of_memory();

/// For queries that people write: one that wants more memory than a part of this computer's fails, instead
/// of taking it from all other programs. It bounds all databases of the process together.
void limit_memory_of_queries();

} // namespace exhibit::casefile
