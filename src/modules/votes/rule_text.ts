// What a vote has to reach, in words: on paper, on the phone, where the rule is set.
import type { MatterRule } from './shapes.ts'

const CHINESE = ['', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十']
/** 2/3 → 三分之二 */
export const fraction = (num: number, den: number): string => (num <= 10 && den <= 10 ? (num === 1 && den === 2 ? '半数' : `${CHINESE[den]}分之${CHINESE[num]}`) : `${num}/${den}`)
/** What has to be reached, in words. */
export function ruleText(r: MatterRule): string {
  if (r.method === 'objection') return `异议表决:反对的面积和人数都不超过全体的${fraction(r.pass_num, r.pass_den)}即通过`
  const part = `${fraction(r.quorum_num, r.quorum_den)}以上的面积和人数参与`
  return r.inclusive ? `${part},参与者中${fraction(r.pass_num, r.pass_den)}以上的面积和人数同意` : `${part},参与者中过${fraction(r.pass_num, r.pass_den)}的面积和人数同意`
}
