import { meanProbability, type TargetBelief } from '../../concepts/traceResult';
import { formatProbability } from '../../concepts/formatNumbers';
import { formatNats } from './verificationText';

/** What the model thinks of the traced span: "log P −0.48 (P 0.79 a token), 1 of 2 tokens the model's first choice". */
export function beliefFigures(belief: TargetBelief): string {
  const { logProb, nTokens, firstChoices } = belief;
  const p = formatProbability(meanProbability(belief));
  if (nTokens === 1) return `log P ${formatNats(logProb)} (P ${p}), ${firstChoices === 1 ? '' : 'not '}the model's first choice`;
  return `log P ${formatNats(logProb)} (P ${p} a token), ${firstChoices} of ${nTokens} tokens the model's first choice`;
}
