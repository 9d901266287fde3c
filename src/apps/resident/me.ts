import { createContext, useContext } from 'react'
import type { Me } from '../../modules/identity/contract.ts'

export const MeContext = createContext<Me | null>(null)
export function useMe(): Me {
  const me = useContext(MeContext)
  if (!me) throw new Error('no one is signed in around this page')
  return me
}
