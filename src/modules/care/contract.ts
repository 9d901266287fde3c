import { contract } from '../../kernel/contract.ts'
import { complaintCalls } from './contract_complaint.ts'

export * from './contract_complaint.ts'
export const care = contract('care', { ...complaintCalls })
