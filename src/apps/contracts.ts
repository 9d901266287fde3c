// Every contract with its words, by name, in rank order: for OpenAPI, the access matrix and the clients of tests. No server code.
import type { Call, Words } from '../kernel/contract.ts'
import { analytics } from '../modules/analytics/contract.ts'
import { identity } from '../modules/identity/contract.ts'
import { words as identityWords } from '../modules/identity/words.ts'
import { property } from '../modules/property/contract.ts'

export const contracts: { name: string; contract: Record<string, Call>; words: Words | null }[] = [
  { name: 'identity', contract: identity, words: identityWords },
  { name: 'property', contract: property, words: null },
  { name: 'analytics', contract: analytics, words: null },
]
