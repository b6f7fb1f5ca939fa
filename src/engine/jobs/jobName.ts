import { randomInt } from "node:crypto";

const adjectives =
  "amber bold brave bright calm clever cool crimson dreamy eager elated epic fair fluffy gentle gifted good great green happy helpful honest icy ivory jolly keen kind lemon lively loyal lucid magenta mellow mighty modest neat nice olden patient plucky polite quiet quirky red salmon serene sharp shy silver sincere stoic strong sunny sweet tender tidy upbeat vivid warm wheat witty zen".split(
    " ",
  );
const nouns =
  "apple arch basil beach bean bell berry bird bread bridge brush candle carrot cartoon cherry cloud coconut cup curtain dinner drop feather fig floor forest garlic grape hat island jackal kettle kiwi lamp leaf lemon lettuce lime malanga mango melon moon night nutmeg oil onion orange owl parrot peach pear plum pocket queen rain roof root sail seal shoe snail spinach spoon squash star stone table tail thread tongue tree turnip window yam yak zoo".split(
    " ",
  );
const letters = "0123456789bcdfghjklmnpqrstvwxyz";

/** A fresh job name in Azure ML's manner: `gifted_spinach_gq5yzh4xb4`. */
export function makeJobName(): string {
  const pick = (from: readonly string[]): string => from[randomInt(from.length)] as string;
  const tail = Array.from({ length: 10 }, () => letters[randomInt(letters.length)]).join("");
  return `${pick(adjectives)}_${pick(nouns)}_${tail}`;
}
