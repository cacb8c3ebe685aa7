/**
 * The command line, one class a command. The entry type is {@link
 * io.headrace.app.command.HeadraceCommand}; a new command is one more class in its list.
 */
@NullMarked
package io.headrace.app.command;

import org.jspecify.annotations.NullMarked;
