/**
 * What a runtime takes to start.
 *
 * @module
 */

console.log("started");
