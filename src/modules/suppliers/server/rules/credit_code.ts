// The check digit of the unified social credit code (统一社会信用代码, GB 32100-2015): weights 3^i mod 31 over an alphabet of 31 signs without I, O, S, V, Z. Pure.
const SIGNS = '0123456789ABCDEFGHJKLMNPQRTUWXY'

export function creditCodeOk(code: string): boolean {
  if (code.length !== 18 || [...code].some((s) => !SIGNS.includes(s))) return false
  let [sum, weight] = [0, 1]
  for (const s of code.slice(0, 17)) {
    sum += SIGNS.indexOf(s) * weight
    weight = (weight * 3) % 31
  }
  return SIGNS[(31 - (sum % 31)) % 31] === code[17]
}
