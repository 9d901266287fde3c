import { contract } from '../../kernel/contract.ts'
import { complaintCalls } from './contract_complaint.ts'
import { contactCalls } from './contract_contact.ts'
import { serviceCalls } from './contract_service.ts'
import { surveyCalls } from './contract_survey.ts'

export * from './contract_complaint.ts'
export * from './contract_contact.ts'
export * from './contract_service.ts'
export * from './contract_survey.ts'
export const care = contract('care', { ...complaintCalls, ...contactCalls, ...serviceCalls, ...surveyCalls })
