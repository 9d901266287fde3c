import type { Method } from '../contract.ts'
import { words } from '../words.ts'

/** Where a payment that was begun is followed: the page the payer comes back to. */
export const resultPath = (intent_id: string): string => `/pay/${intent_id}`

/** Only a web address can be gone to; a code to scan is shown at the desk. */
export const leadTo = (pay_url: string): string | undefined => (/^https?:\/\//.test(pay_url) ? pay_url : undefined)
export const methodsText = (methods: readonly Method[]): string => methods.map((m) => words.states?.['method']?.[m] ?? m).join('、')
