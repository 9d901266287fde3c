// What other modules use of equipment on the staff's phone.
export { useCarried } from './carried.ts'
