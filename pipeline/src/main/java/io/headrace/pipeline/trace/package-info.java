/** Some chunks followed through the stages. */
@NullMarked
package io.headrace.pipeline.trace;

import org.jspecify.annotations.NullMarked;
