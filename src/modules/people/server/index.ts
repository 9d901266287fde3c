// The front door of people: answers, and what other modules may call.
import type { Module } from '../../../kernel/app.ts'
import { people } from '../contract.ts'
import { words } from '../words.ts'
import { houseFile, houseTimeline } from './file.ts'
import { addMyHousehold, endMyHousehold, myHousehold } from './household_mine.ts'
import { moveIn, setOwners, transferHouse } from './owners.ts'
import { payerListeners } from './payers.ts'
import { housesOfPerson, issueSignInCode, mergePersons, person, persons, revealId, revealPhone, savePerson } from './persons.ts'
import { myHouses, myProfile } from './resident.ts'
import { addHousehold, endHousehold, endTenancy, saveTenancy, withdrawTenancy } from './tenancies.ts'
import { endVehicle, saveVehicle, vehicles } from './vehicles.ts'

export { activeOn, houseOfResident, housesOfResident, personToRead, personsSeenBy, ties, type OwnHouse } from './access.ts'
export { PEOPLE_BATCH_MAX, checkPeopleForHouses, createPeopleForHouses, undoPeople, type HousePeopleDone, type HousePeopleIn, type PersonIn, type PeopleUndo } from './bulk.ts'
export { NO_ID, cleanIdNumber, openId, sealId, type SealedId } from './identity_numbers.ts'
export { named as personsNamed, personsFor } from './persons.ts'
export { ownerNames, transfer } from './owners.ts'
export { leave } from './tenancies.ts'
export { payersAt, rewritePayers } from './payers.ts'
export { initialsOf, masked, normalisePlate, tailOf } from './rules/texts.ts'
export { sumOfShares } from './rules/shares.ts'

export function peopleModule(): Module {
  return {
    name: 'people',
    contract: people,
    words,
    answers: [
      persons, person, housesOfPerson, savePerson, mergePersons, revealPhone, revealId, issueSignInCode, houseFile, houseTimeline, setOwners, moveIn, transferHouse,
      saveTenancy, endTenancy, withdrawTenancy, addHousehold, endHousehold, vehicles, saveVehicle, endVehicle, myHouses, myProfile, myHousehold, addMyHousehold, endMyHousehold,
    ],
    listeners: payerListeners,
  }
}
