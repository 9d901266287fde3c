import { createContext, useContext } from 'react'
import type { Me } from '../../modules/identity/contract.ts'
import { stored } from '../../ui/phone/stored.ts'

export type KnownMe = Pick<Me, 'account_id' | 'company_id' | 'company_name' | 'company_short_name' | 'companies' | 'name' | 'permissions' | 'roles' | 'version' | 'mode'>
export const MeFull = createContext<KnownMe | null>(null)
export function useMe(): KnownMe {
  const me = useContext(MeFull)
  if (!me) throw new Error('no one is signed in around this page')
  return me
}

const slot = stored('heyuan.staff.me')
/** Who was signed in last on this phone: opens the rounds without network. Holds no secret; the server decides about every call. */
export const lastMe = {
  get(): KnownMe | undefined {
    try {
      const text = slot.get()
      return text ? (JSON.parse(text) as KnownMe) : undefined
    } catch {
      return undefined
    }
  },
  set(me: KnownMe | undefined): void {
    const text = me && JSON.stringify({ account_id: me.account_id, company_id: me.company_id, company_name: me.company_name, company_short_name: me.company_short_name, companies: me.companies, name: me.name, permissions: me.permissions, roles: me.roles, version: me.version, mode: me.mode })
    if (text !== slot.get()) slot.set(text)
  },
}
