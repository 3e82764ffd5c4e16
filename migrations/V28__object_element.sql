-- Why: where two imports overlap an object is given away once, and each row asks whether a newer import has it too.

CREATE INDEX object_element ON object (element_id);
