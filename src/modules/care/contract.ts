import { contract } from '../../kernel/contract.ts'
import { complaintCalls } from './contract_complaint.ts'
import { contactCalls } from './contract_contact.ts'

export * from './contract_complaint.ts'
export * from './contract_contact.ts'
export const care = contract('care', { ...complaintCalls, ...contactCalls })
