// Where a text stops being JSON: the parser of the machine says what it met, in English, and not always where.
const BLANK = /[\t\n\r ]*/y
const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const ATOM = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

class Stumble extends Error {}

/** The place of the first fault, as line and character from 1; null when there is none, or when it is nested too deep to say. */
export function faultOf(text: string): { line: number; character: number; at_end: boolean } | null {
  let at = 0
  const take = (token: RegExp): boolean => {
    token.lastIndex = at
    if (!token.test(text)) return false
    at = token.lastIndex
    return true
  }
  const sign = (c: string): boolean => {
    take(BLANK)
    if (text[at] !== c) return false
    at += 1
    return true
  }
  const must = (met: boolean): void => {
    if (!met) throw new Stumble()
  }
  const members = (close: string, one: () => void): void => {
    if (sign(close)) return
    do one()
    while (sign(','))
    must(sign(close))
  }
  const value = (): void => {
    if (sign('[')) members(']', value)
    else if (sign('{')) {
      members('}', () => {
        take(BLANK)
        must(take(STRING))
        must(sign(':'))
        value()
      })
    } else must(take(STRING) || take(ATOM))
  }
  try {
    value()
    take(BLANK)
    must(at === text.length)
    return null
  } catch (error) {
    if (error instanceof RangeError) return null
    if (!(error instanceof Stumble)) throw error
    const before = text.slice(0, at).split('\n')
    return { line: before.length, character: before.at(-1)!.length + 1, at_end: at >= text.length }
  }
}

/** Where, as people look for it; empty when it cannot be said. */
export function faultText(text: string): string {
  if (text.trim() === '') return '(没有内容)'
  const at = faultOf(text)
  return at === null ? '' : at.at_end ? '(没有写完整)' : `(第 ${at.line} 行第 ${at.character} 个字起)`
}
