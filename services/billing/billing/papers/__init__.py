"""What leaves billing for people and other systems: papers, the boxes of the paper form, FHIR."""
