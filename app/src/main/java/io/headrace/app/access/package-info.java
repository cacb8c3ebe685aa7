/**
 * Who may do what: roles, API tokens and the audit log. Plain Java; {@code app.http} asks it. Start
 * at {@link io.headrace.app.access.TokenFile}.
 */
@NullMarked
package io.headrace.app.access;

import org.jspecify.annotations.NullMarked;
