// The same tariff over many houses: those that differ in nothing the tariff asks for are computed once. What it asks for is not declared but
// seen: the values are handed in through a glass that notes each name looked at. An answer is found again by the values of all names noted so
// far; a computation is decided by what it looks at, so equal values of those names are an equal quote. A new name makes what was kept worthless.
import { quoteValues, type Quote } from './quote.ts'
import type { Values } from './shared.ts'
import type { Tariff } from './spec.ts'

const KEPT_MAX = 50_000

export function quoteRemembered(t: Tariff): (values: Values) => Quote {
  const asked = new Set<string>()
  let whole = false
  const kept = new Map<string, Quote>()
  const keyOf = (values: Values): string => whole ? JSON.stringify(values) : Array.from(asked, (name) => (values[name] === undefined ? '' : JSON.stringify(values[name]))).join('\n')
  return (values) => {
    const found = kept.get(keyOf(values))
    if (found) return found
    const before = asked.size + Number(whole)
    const glass = new Proxy(values, {
      get: (target, name) => (typeof name === 'string' && asked.add(name), Reflect.get(target, name) as unknown),
      has: (target, name) => (typeof name === 'string' && asked.add(name), Reflect.has(target, name)),
      getOwnPropertyDescriptor: (target, name) => (typeof name === 'string' && asked.add(name), Reflect.getOwnPropertyDescriptor(target, name)),
      ownKeys: (target) => ((whole = true), Reflect.ownKeys(target)),
    })
    const quote = quoteValues(t, glass)
    if (asked.size + Number(whole) !== before || kept.size >= KEPT_MAX) kept.clear()
    kept.set(keyOf(values), quote)
    return quote
  }
}
