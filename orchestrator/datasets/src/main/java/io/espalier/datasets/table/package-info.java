/**
 * Labelled texts in CSV, TSV and JSONL files, alone or one for each split in a zip. Rows are read
 * as a stream; opening a table keeps an index, and texts are read again by whoever needs them. Uses
 * the zip and split packages, FastCSV for the grammar of RFC 4180, and Jackson for lines of JSON.
 */
@NullMarked
package io.espalier.datasets.table;

import org.jspecify.annotations.NullMarked;
