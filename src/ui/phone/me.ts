// Who works with this phone, for pages below the face; the face reads it from the server and keeps the last answer for hours without network.
import { createContext, useContext } from 'react'

export interface PhoneMe {
  account_id: string
  company_id: number
  name: string
  permissions: readonly string[]
}
export const PhoneMeContext = createContext<PhoneMe | null>(null)
export function usePhoneMe(): PhoneMe {
  const me = useContext(PhoneMeContext)
  if (!me) throw new Error('no one is signed in around this page')
  return me
}
export const mayDo = (me: Pick<PhoneMe, 'permissions'>, permission: string): boolean => me.permissions.includes('*') || me.permissions.includes(permission)
/** Whose entries in the outbox, whose kept answers. */
export const ownerOf = (me: Pick<PhoneMe, 'account_id' | 'company_id'>): string => `${me.company_id}:${me.account_id}`
