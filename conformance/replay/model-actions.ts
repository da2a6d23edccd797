/** Names of actions as models have them. */

/**
 * A model may narrow an action of Zab.tla by a further condition; its name is then that of the action with `Sober` in
 * front, and its parameters are the same. To the world the same is done.
 */
const NARROWED = /^Sober(?=[A-Z])/;

/** The action of Zab.tla that an action of a model is. */
export function boundActionOf(name: string): string {
  return name.replace(NARROWED, '');
}
