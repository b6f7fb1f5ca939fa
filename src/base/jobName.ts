const adjectives =
  "able agile amber ample azure bold brave breezy bright brisk calm candid careful clever coral cosmic crisp curious daring dapper deft eager early earnest fair famous fine firm fleet fond frank fresh gentle gifted glad golden good grand great green happy hardy helpful honest humble icy ivory jolly joyful keen kind large lively loyal lucid lucky magic mellow merry mighty mild modest neat nimble noble olive orange patient placid plucky polite proud quick quiet rapid ready rosy royal sandy serene sharp shiny silent silver sincere smart smooth snowy sober solid spry steady stoic strong sunny sweet swift teal tender tidy true upbeat valid vivid warm wise witty zesty".split(
    " ",
  );
const nouns =
  "acorn anchor apple apricot arrow atlas bamboo banana basil beach berry birch bridge brook candle canoe carrot castle cedar cello cherry cloud clover comet cookie coral crane creek daisy delta dolphin dune eagle ember falcon feather fern fig finch fjord flute forest fox garden garlic ginger glacier grape grove harbor hazel heron hill honey island ivy jacket jasmine kettle kite lagoon lake lantern leaf lemon lily lime linen lion lizard lotus mango maple market meadow melon mint moon mountain nectar nest nut oak oasis ocean olive onion orchid otter owl panda papaya parrot peach pear pebble pepper piano pine planet plum pond potato prairie quartz rabbit raven reef rice river robin rocket sail salmon seal shell sparrow spinach spruce squash star stone sun swan thistle tiger tomato tulip turnip valley violet walnut wave willow wind yam".split(
    " ",
  );
const suffixLetters = "abcdefghijklmnopqrstuvwxyz0123456789";

/**
 * A job name in Azure ML's form, `adjective_noun_10chars` (`gifted_spinach_gq5yzh4xb4`).
 * @param random whole number from 0 to below `limit`; the default draws from the system's randomness
 */
export function createJobName(random: (limit: number) => number = randomBelow): string {
  const pick = (words: readonly string[]): string => words[random(words.length)]!;
  let suffix = "";
  for (let index = 0; index < 10; index += 1) suffix += suffixLetters[random(suffixLetters.length)]!;
  return `${pick(adjectives)}_${pick(nouns)}_${suffix}`;
}

function randomBelow(limit: number): number {
  const [value = 0] = crypto.getRandomValues(new Uint32Array(1));
  return value % limit;
}
