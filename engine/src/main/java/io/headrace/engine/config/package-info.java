/**
 * Declared settings: each component says once which settings it has, of what type, with which
 * default and meaning, and both the job parser and the configuration reference read it there. Start
 * at {@link io.headrace.engine.config.Setting}.
 */
@NullMarked
package io.headrace.engine.config;

import org.jspecify.annotations.NullMarked;
