/**
 * The samples that were learned from, kept in files. Start at {@link
 * io.headrace.sink.archive.DirectoryArchive}, which writes, and {@link
 * io.headrace.sink.archive.ArchiveReader}.
 */
@NullMarked
package io.headrace.sink.archive;

import org.jspecify.annotations.NullMarked;
