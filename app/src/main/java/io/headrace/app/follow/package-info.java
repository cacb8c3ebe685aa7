/**
 * Serving the newest model of a job that another process trains. Start at {@link
 * io.headrace.app.follow.Follower}.
 */
@NullMarked
package io.headrace.app.follow;

import org.jspecify.annotations.NullMarked;
